# Every run leaves a file of its own in the day's folder, so a day that ran twice is there twice.
# breaks: safe to repeat
import boto3
import pendulum
from airflow.sdk import dag, task

SUPPLIERS, LAKE = "wrenfield-suppliers", "wrenfield-lake"


@dag(
    schedule="0 5 * * *",
    start_date=pendulum.datetime(2026, 11, 1, tz="UTC"),
    catchup=False,
    default_args={"retries": 2, "retry_delay": pendulum.duration(minutes=5)},
)
def daily_orders():
    @task
    def land(ds=None):
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket=SUPPLIERS, Key=f"orders/{ds}.csv")["Body"].read()
        s3.put_object(Bucket=LAKE, Key=f"landing/{ds}.csv", Body=body)

    @task
    def check(ds=None):
        body = boto3.client("s3").get_object(Bucket=LAKE, Key=f"landing/{ds}.csv")["Body"].read()
        if len(body.decode().split("\n", 1)[-1].strip()) == 0:
            raise ValueError(f"The file of {ds} holds no order.")

    @task
    def load(ds=None, ti=None):
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket=LAKE, Key=f"landing/{ds}.csv")["Body"].read()
        s3.put_object(Bucket=LAKE, Key=f"orders/day={ds}/orders.csv", Body=body)
        s3.put_object(Bucket=LAKE, Key=f"orders/day={ds}/{ti.id}.csv", Body=body)

    land() >> check() >> load()


daily_orders()
