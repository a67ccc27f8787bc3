import boto3
import pendulum
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

DAY = "{{ params.day or logical_date.in_timezone('Europe/Berlin').subtract(days=1).strftime('%Y-%m-%d') }}"


def load(day):
    s3 = boto3.client("s3")
    s3.put_object(
        Bucket="wrenfield-lake",
        Key=f"sales/day={day}/sales.csv",
        Body=s3.get_object(Bucket="wrenfield-shops", Key=f"sales/{day}.csv")["Body"].read(),
    )


with DAG(
    "daily_sales",
    schedule="0 3 * * *",
    start_date=pendulum.datetime(2026, 10, 23, tz="Europe/Berlin"),
    catchup=True,
    max_active_runs=1,
    params={"day": ""},
):
    PythonOperator(task_id="load", python_callable=load, op_kwargs={"day": DAY})
