# Only one task is tried again; each of them was expected to be.
# breaks: tried again
import boto3
import pendulum
from airflow.sdk import dag, task

SUPPLIERS, LAKE = "wrenfield-suppliers", "wrenfield-lake"


@dag(
    schedule="0 5 * * *",
    start_date=pendulum.datetime(2026, 11, 1, tz="UTC"),
    catchup=False,
)
def daily_orders():
    @task(retries=2)
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
    def load(ds=None):
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket=LAKE, Key=f"landing/{ds}.csv")["Body"].read()
        s3.put_object(Bucket=LAKE, Key=f"orders/day={ds}/orders.csv", Body=body)

    land() >> check() >> load()


daily_orders()
