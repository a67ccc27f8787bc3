from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.operators.s3 import S3CopyObjectOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG

STATEMENT = {"database": "shop", "output_location": "s3://wrenfield-results/athena/", "retries": 1}

FOLDER = "s3://wrenfield-lake/curated/orders/day={{ ds }}"


def way(query):
    """The task that follows, by the file that Athena wrote."""
    _, counts = S3Hook().read_key(f"s3://wrenfield-results/athena/{query}.csv").splitlines()
    return "publish" if counts.endswith(',"0"') and not counts.startswith('"0"') else "call"


def call(ds):
    raise RuntimeError(f"The orders of {ds} are not published.")


with DAG("orders_gate", schedule=None, default_args={"aws_conn_id": None}) as dag:
    job = GlueJobOperator(task_id="job", job_name="curate_orders", script_args={"--day": "{{ ds }}"}, verbose=True)
    table = AthenaOperator(
        task_id="table",
        query="ALTER TABLE orders ADD IF NOT EXISTS PARTITION (day = '{{ ds }}') LOCATION '" + FOLDER + "/'",
        **STATEMENT,
    )
    query = AthenaOperator(
        task_id="query",
        query="SELECT count(*), count_if(total IS NULL OR total < 0) FROM shop.orders WHERE day = '{{ ds }}'",
        **STATEMENT,
    )
    branch = BranchPythonOperator(
        task_id="branch", python_callable=way, op_args=["{{ ti.xcom_pull(task_ids='query') }}"]
    )
    publish = S3CopyObjectOperator(
        task_id="publish",
        source_bucket_key=FOLDER + "/part-0.csv",
        dest_bucket_name="wrenfield-lake",
        dest_bucket_key="published/{{ ds }}.csv",
    )
    job >> table >> query >> branch >> [publish, PythonOperator(task_id="call", python_callable=call)]
