import boto3
import pendulum
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, chain
from airflow.sdk.exceptions import AirflowFailException


def copy(source, key, target):
    s3 = boto3.client("s3")
    body = s3.get_object(Bucket=source, Key=key)["Body"].read()
    s3.put_object(Bucket="wrenfield-lake", Key=target, Body=body)


def check(key):
    body = boto3.client("s3").get_object(Bucket="wrenfield-lake", Key=key)["Body"].read()
    if body.count(b"\n") < 2:
        raise AirflowFailException(f"{key} has no rows; trying again would not help")


LANDED, LOADED = "landing/{{ ds }}.csv", "orders/day={{ logical_date | ds }}/orders.csv"

with DAG(
    dag_id="daily_orders",
    schedule="0 5 * * *",
    start_date=pendulum.datetime(2026, 11, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3},
    tags=["orders"],
):
    chain(
        PythonOperator(task_id="land", python_callable=copy, op_args=["wrenfield-suppliers", "orders/{{ ds }}.csv", LANDED]),
        PythonOperator(task_id="check", python_callable=check, op_args=[LANDED]),
        PythonOperator(task_id="load", python_callable=copy, op_args=["wrenfield-lake", LANDED, LOADED]),
    )
