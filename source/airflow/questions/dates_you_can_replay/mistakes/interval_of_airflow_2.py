# The day on which the interval starts is loaded. Since Airflow 3 a cron's interval has no length: it starts at the logical date.
# breaks: day before
import boto3
import pendulum
from airflow.sdk import Param, dag, task

BERLIN = pendulum.timezone("Europe/Berlin")


@dag(
    schedule="0 3 * * *",
    start_date=pendulum.datetime(2026, 10, 23, tz=BERLIN),
    catchup=True,
    params={"day": Param(None, type=["null", "string"], format="date")},
)
def daily_sales():
    @task
    def load(params=None, data_interval_start=None):
        day = params["day"] or data_interval_start.in_timezone(BERLIN).to_date_string()
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket="wrenfield-shops", Key=f"sales/{day}.csv")["Body"].read()
        s3.put_object(Bucket="wrenfield-lake", Key=f"sales/day={day}/sales.csv", Body=body)

    load()


daily_sales()
