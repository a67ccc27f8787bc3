# A day that was kept back lost its published file: that is deleted before anybody knows if the new one is sound.
from airflow.providers.amazon.aws.hooks.athena import AthenaHook
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.operators.s3 import S3CopyObjectOperator, S3DeleteObjectsOperator
from airflow.sdk import DAG, task

ATHENA = {"database": "shop", "output_location": "s3://wrenfield-results/athena/"}
LAKE = "s3://wrenfield-lake"
COUNTS = """
SELECT count(*) AS orders, count_if(total IS NULL OR total < 0) AS bad
FROM orders WHERE day = '{{ ds }}'
"""


@task
def gate(query):
    rows = AthenaHook().get_query_results(query)["ResultSet"]["Rows"]
    orders, bad = (int(count["VarCharValue"]) for count in rows[1]["Data"])
    if bad or not orders:
        raise ValueError(f"Not published: {bad} of {orders} rows are bad.")


with DAG("orders_gate", schedule=None):
    cleared = S3DeleteObjectsOperator(task_id="clear", bucket="wrenfield-lake", keys="published/{{ ds }}.csv")
    curated = GlueJobOperator(task_id="curate", job_name="curate_orders", script_args={"--day": "{{ ds }}"})
    known = AthenaOperator(task_id="repair", query="MSCK REPAIR TABLE orders", **ATHENA)
    counted = AthenaOperator(task_id="count", query=COUNTS, **ATHENA)
    published = S3CopyObjectOperator(
        task_id="publish",
        source_bucket_key=LAKE + "/curated/orders/day={{ ds }}/part-0.csv",
        dest_bucket_key=LAKE + "/published/{{ ds }}.csv",
    )
    cleared >> curated >> known >> counted >> gate(counted.output) >> published
