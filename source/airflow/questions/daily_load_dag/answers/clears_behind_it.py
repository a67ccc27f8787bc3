from datetime import datetime, timezone

import boto3
from airflow.sdk import dag, task

SUPPLIERS, LAKE = "wrenfield-suppliers", "wrenfield-lake"


@dag(
    dag_id="daily_orders",
    schedule="0 5 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2},
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
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2:
            raise ValueError(f"landing/{ds}.csv has no row below its header")

    @task
    def load(ds=None):
        s3 = boto3.client("s3")
        folder = f"orders/day={ds}/"
        target = f"{folder}orders.csv"
        body = s3.get_object(Bucket=LAKE, Key=f"landing/{ds}.csv")["Body"].read()
        s3.put_object(Bucket=LAKE, Key=target, Body=body)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=LAKE, Prefix=folder)
        others = [found["Key"] for page in pages for found in page.get("Contents", []) if found["Key"] != target]
        for key in others:
            s3.delete_object(Bucket=LAKE, Key=key)

    land() >> check() >> load()


daily_orders()
