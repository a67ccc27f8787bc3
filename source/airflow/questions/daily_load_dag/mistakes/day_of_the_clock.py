# The run works on the day at which it takes place. The day of its logical date was expected.
# breaks: date of the run
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
    def land():
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket=SUPPLIERS, Key=f"orders/{pendulum.now('UTC').to_date_string()}.csv")["Body"].read()
        s3.put_object(Bucket=LAKE, Key=f"landing/{pendulum.now('UTC').to_date_string()}.csv", Body=body)

    @task
    def check():
        body = boto3.client("s3").get_object(Bucket=LAKE, Key=f"landing/{pendulum.now('UTC').to_date_string()}.csv")["Body"].read()
        if len(body.decode().split("\n", 1)[-1].strip()) == 0:
            raise ValueError(f"The file of {pendulum.now('UTC').to_date_string()} holds no order.")

    @task
    def load():
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket=LAKE, Key=f"landing/{pendulum.now('UTC').to_date_string()}.csv")["Body"].read()
        s3.put_object(Bucket=LAKE, Key=f"orders/day={pendulum.now('UTC').to_date_string()}/orders.csv", Body=body)

    land() >> check() >> load()


daily_orders()
