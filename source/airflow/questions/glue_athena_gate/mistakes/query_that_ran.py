# Bad and empty days were published: a query that succeeded has an answer, not a good one. Read the two counts.
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.operators.s3 import S3CopyObjectOperator
from airflow.sdk import DAG

ATHENA = {"database": "shop", "output_location": "s3://wrenfield-results/athena/"}
LAKE = "s3://wrenfield-lake"
COUNTS = """
SELECT count(*) AS orders, count_if(total IS NULL OR total < 0) AS bad
FROM orders WHERE day = '{{ ds }}'
"""


with DAG("orders_gate", schedule=None):
    curated = GlueJobOperator(task_id="curate", job_name="curate_orders", script_args={"--day": "{{ ds }}"})
    known = AthenaOperator(task_id="repair", query="MSCK REPAIR TABLE orders", **ATHENA)
    counted = AthenaOperator(task_id="count", query=COUNTS, **ATHENA)
    published = S3CopyObjectOperator(
        task_id="publish",
        source_bucket_key=LAKE + "/curated/orders/day={{ ds }}/part-0.csv",
        dest_bucket_key=LAKE + "/published/{{ ds }}.csv",
    )
    curated >> known >> counted >> published
