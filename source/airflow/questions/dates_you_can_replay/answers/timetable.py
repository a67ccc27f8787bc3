import boto3
import pendulum
from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task


@dag(
    schedule=CronTriggerTimetable("0 3 * * *", timezone="Europe/Berlin"),
    start_date=pendulum.datetime(2026, 10, 23),
    catchup=True,
    params={"day": None},
)
def daily_sales():
    @task
    def find_day():
        context = get_current_context()
        if context["params"]["day"]:
            return context["params"]["day"]
        return str(context["logical_date"].astimezone(pendulum.timezone("Europe/Berlin")).date() - pendulum.duration(days=1))

    @task(retries=1)
    def load(day):
        s3 = boto3.client("s3")
        body = s3.get_object(Bucket="wrenfield-shops", Key=f"sales/{day}.csv")["Body"].read()
        s3.put_object(Bucket="wrenfield-lake", Key=f"sales/day={day}/sales.csv", Body=body)

    load(find_day())


daily_sales()
