# The runs are 24 hours apart. On the day on which the clocks are changed, a day in Berlin is longer.
# breaks: each morning
import boto3
import pendulum
from airflow.sdk import Param, dag, task

BERLIN = pendulum.timezone("Europe/Berlin")


@dag(
    schedule=pendulum.duration(days=1),
    start_date=pendulum.datetime(2026, 10, 23, 3, tz=BERLIN),
    catchup=True,
    params={"day": Param(None, type=["null", "string"], format="date")},
)
def daily_sales():
    @task
    def load(params=None, logical_date=None):
        day = params["day"] or logical_date.in_timezone(BERLIN).subtract(days=1).to_date_string()
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket="wrenfield-shops", Key=f"sales/{day}.csv")["Body"].read()
        s3.put_object(Bucket="wrenfield-lake", Key=f"sales/day={day}/sales.csv", Body=body)

    load()


daily_sales()
