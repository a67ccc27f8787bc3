import time

import boto3
from airflow.sdk import dag, task

LAKE, RESULTS = "wrenfield-lake", {"OutputLocation": "s3://wrenfield-results/athena/"}
COUNTS = "SELECT count(*) AS orders, count_if(total IS NULL OR total < 0) AS bad FROM orders WHERE day = '{day}'"


def finished(ask, state):
    """Asks until it has ended; raises when it did not end well."""
    while (found := state(ask())) in ("QUEUED", "STARTING", "RUNNING", "WAITING"):
        time.sleep(0.2)
    if found != "SUCCEEDED":
        raise RuntimeError(found)


def statement(sql):
    athena = boto3.client("athena")
    query = athena.start_query_execution(
        QueryString=sql, QueryExecutionContext={"Database": "shop"}, ResultConfiguration=RESULTS
    )["QueryExecutionId"]
    finished(
        lambda: athena.get_query_execution(QueryExecutionId=query),
        lambda found: found["QueryExecution"]["Status"]["State"],
    )
    return athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]


@dag(schedule=None)
def orders_gate():
    @task
    def curate(ds=None):
        glue = boto3.client("glue")
        run = glue.start_job_run(JobName="curate_orders", Arguments={"--day": ds})["JobRunId"]
        finished(
            lambda: glue.get_job_run(JobName="curate_orders", RunId=run), lambda found: found["JobRun"]["JobRunState"]
        )

    @task
    def check(ds=None):
        statement(f"ALTER TABLE orders ADD IF NOT EXISTS PARTITION (day = '{ds}')")
        names, values = statement(COUNTS.format(day=ds))
        counts = {
            name["VarCharValue"]: int(value["VarCharValue"])
            for name, value in zip(names["Data"], values["Data"], strict=True)
        }
        if counts["bad"] > 0 or counts["orders"] < 1:
            raise ValueError(counts)

    @task
    def publish(ds=None):
        source = {"Bucket": LAKE, "Key": f"curated/orders/day={ds}/part-0.csv"}
        boto3.client("s3").copy_object(Bucket=LAKE, Key=f"published/{ds}.csv", CopySource=source)

    curate() >> check() >> publish()


orders_gate()
