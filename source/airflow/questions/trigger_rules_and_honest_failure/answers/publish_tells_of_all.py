from datetime import datetime, timezone

import boto3
from airflow.sdk import dag, task

SUPPLIERS, LAKE = "wrenfield-suppliers", "wrenfield-lake"


def copy(source, target):
    s3 = boto3.client("s3")
    s3.put_object(Bucket=LAKE, Key=target, Body=s3.get_object(Bucket=SUPPLIERS, Key=source)["Body"].read())


@dag(dag_id="stock_load", schedule=None, start_date=datetime(2020, 1, 1, tzinfo=timezone.utc), catchup=False)
def stock_load():
    @task
    def rent(ds=None):
        boto3.client("s3").put_object(Bucket=LAKE, Key=f"rented/{ds}", Body=b"")

    @task.branch
    def choose(ds=None):
        kind = boto3.client("s3").get_object(Bucket=SUPPLIERS, Key=f"stock/{ds}/kind.txt")["Body"].read()
        return f"load_{kind.decode().strip()}"

    @task
    def load_full(ds=None):
        copy(f"stock/{ds}/full.csv", f"stock/full/{ds}.csv")

    @task
    def load_delta(ds=None):
        copy(f"stock/{ds}/delta.csv", f"stock/delta/{ds}.csv")

    # One load is skipped, the other has to succeed. It is failed or upstream_failed
    # exactly when rent, choose, the loading or itself has failed.
    @task(trigger_rule="none_failed_min_one_success")
    def publish(ds=None):
        copy(f"stock/{ds}/note.txt", f"published/{ds}.txt")

    @task(trigger_rule="one_failed")
    def alert(ds=None):
        boto3.client("s3").put_object(Bucket=LAKE, Key=f"alerts/{ds}", Body=b"")

    @task(trigger_rule="all_done")
    def give_back(ds=None):
        boto3.client("s3").delete_object(Bucket=LAKE, Key=f"rented/{ds}")

    # A leaf with the default rule: upstream_failed, and with it the run failed, when publish did not succeed.
    @task
    def outcome():
        pass

    chosen, full, delta, published = choose(), load_full(), load_delta(), publish()
    rent() >> chosen >> [full, delta] >> published
    [full, delta, published] >> give_back()
    published >> alert()
    published >> outcome()


stock_load()
