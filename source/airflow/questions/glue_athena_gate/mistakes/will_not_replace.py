# A published day was not replaced by its new rows. See what the task that publishes does when the object is there.
# breaks: again
from airflow.providers.amazon.aws.hooks.athena import AthenaHook
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
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


@task
def publish(ds=None):
    s3 = S3Hook()
    rows = s3.read_key(f"{LAKE}/curated/orders/day={ds}/part-0.csv")
    s3.load_string(rows, f"{LAKE}/published/{ds}.csv")


with DAG("orders_gate", schedule=None):
    curated = GlueJobOperator(task_id="curate", job_name="curate_orders", script_args={"--day": "{{ ds }}"})
    known = AthenaOperator(task_id="repair", query="MSCK REPAIR TABLE orders", **ATHENA)
    counted = AthenaOperator(task_id="count", query=COUNTS, **ATHENA)
    curated >> known >> counted >> gate(counted.output) >> publish()
