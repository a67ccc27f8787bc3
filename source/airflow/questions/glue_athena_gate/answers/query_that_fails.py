from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.operators.s3 import S3CopyObjectOperator
from airflow.sdk import DAG, chain

AT = {"database": "shop", "output_location": "s3://wrenfield-results/athena/"}
# Divides by zero, and so fails, when there is no row or a bad one.
SOUND = """
WITH counted AS (
    SELECT count(*) AS orders, count_if(total IS NULL OR total < 0) AS bad
    FROM orders WHERE day = '{{ logical_date | ds }}'
)
SELECT 1 / CASE WHEN orders > 0 AND bad = 0 THEN 1 ELSE 0 END AS sound FROM counted
"""

with DAG(dag_id="orders_gate", schedule=None, tags=["orders"]):
    chain(
        GlueJobOperator(
            task_id="curate",
            job_name="curate_orders",
            script_args={"--day": "{{ logical_date | ds }}"},
            deferrable=True,
        ),
        AthenaOperator(task_id="register", query="MSCK REPAIR TABLE orders", deferrable=True, **AT),
        AthenaOperator(task_id="gate", query=SOUND, **AT),
        S3CopyObjectOperator(
            task_id="publish",
            source_bucket_key="s3://wrenfield-lake/curated/orders/day={{ logical_date | ds }}/part-0.csv",
            dest_bucket_key="s3://wrenfield-lake/published/{{ logical_date | ds }}.csv",
        ),
    )
