import csv
import io

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task


def day_of_run():
    return get_current_context()["logical_date"].strftime("%Y-%m-%d")


@task(retries=2)
def land():
    import boto3

    s3, day = boto3.client("s3"), day_of_run()
    body = s3.get_object(Bucket="wrenfield-suppliers", Key=f"orders/{day}.csv")["Body"].read()
    s3.put_object(Bucket="wrenfield-lake", Key=f"landing/{day}.csv", Body=body)
    return f"landing/{day}.csv"


@task(retries=2)
def check(key):
    import boto3

    body = boto3.client("s3").get_object(Bucket="wrenfield-lake", Key=key)["Body"].read().decode()
    if not list(csv.DictReader(io.StringIO(body))):
        raise RuntimeError("an empty file")
    return key


@task(retries=2)
def load(key):
    import boto3

    s3, day = boto3.client("s3"), day_of_run()
    folder = f"orders/day={day}/"
    for found in s3.list_objects_v2(Bucket="wrenfield-lake", Prefix=folder).get("Contents", []):
        s3.delete_object(Bucket="wrenfield-lake", Key=found["Key"])
    s3.put_object(Bucket="wrenfield-lake", Key=f"{folder}orders.csv", Body=s3.get_object(Bucket="wrenfield-lake", Key=key)["Body"].read())


@dag(schedule=CronTriggerTimetable("0 5 * * *", timezone="UTC"), start_date=pendulum.datetime(2026, 11, 1, tz="UTC"))
def daily_orders():
    load(check(land()))


daily_orders()
