from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import boto3
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

BERLIN = ZoneInfo("Europe/Berlin")


def load(dag_run, **context):
    day = (dag_run.conf or {}).get("day")
    if not day:
        day = (dag_run.logical_date.astimezone(BERLIN).date() - timedelta(days=1)).isoformat()
    source = {"Bucket": "wrenfield-shops", "Key": f"sales/{day}.csv"}
    boto3.client("s3").copy_object(Bucket="wrenfield-lake", Key=f"sales/day={day}/sales.csv", CopySource=source)


with DAG("daily_sales", schedule="0 3 * * *", start_date=datetime(2026, 10, 23, tzinfo=BERLIN), catchup=True):
    PythonOperator(task_id="load", python_callable=load)
