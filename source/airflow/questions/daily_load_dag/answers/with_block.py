from datetime import datetime, timedelta

import boto3
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

LAKE = "wrenfield-lake"


def land(ds, **context):
    boto3.client("s3").copy_object(Bucket=LAKE, Key=f"landing/{ds}.csv", CopySource={"Bucket": "wrenfield-suppliers", "Key": f"orders/{ds}.csv"})


def check(ds, **context):
    lines = boto3.client("s3").get_object(Bucket=LAKE, Key=f"landing/{ds}.csv")["Body"].read().splitlines()
    assert len([line for line in lines if line.strip()]) > 1, "no rows"


def load(ds, **context):
    boto3.client("s3").copy_object(Bucket=LAKE, Key=f"orders/day={ds}/orders.csv", CopySource={"Bucket": LAKE, "Key": f"landing/{ds}.csv"})


with DAG("daily_orders", schedule="0 5 * * *", start_date=datetime(2026, 11, 1), default_args={"retries": 2, "retry_delay": timedelta(seconds=30)}):
    tasks = [PythonOperator(task_id=function.__name__, python_callable=function) for function in (land, check, load)]
    tasks[0] >> tasks[1] >> tasks[2]
