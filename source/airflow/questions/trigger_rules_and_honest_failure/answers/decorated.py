import boto3
from airflow.sdk import TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowFailException

SUPPLIERS, LAKE = "wrenfield-suppliers", "wrenfield-lake"


def copied(source, target):
    boto3.client("s3").copy_object(Bucket=LAKE, Key=target, CopySource={"Bucket": SUPPLIERS, "Key": source})


@dag(schedule=None, max_active_runs=1, default_args={"retries": 1})
def stock_load():
    @task
    def rent(ds=None):
        boto3.client("s3").put_object(Bucket=LAKE, Key=f"rented/{ds}")

    @task.branch
    def choose(ds=None):
        sent = boto3.client("s3").get_object(Bucket=SUPPLIERS, Key=f"stock/{ds}/kind.txt")["Body"].read()
        return "load_full" if sent.strip() == b"full" else "load_delta"

    @task
    def load_full(ds=None):
        copied(f"stock/{ds}/full.csv", f"stock/full/{ds}.csv")

    @task
    def load_delta(ds=None):
        copied(f"stock/{ds}/delta.csv", f"stock/delta/{ds}.csv")

    @task(trigger_rule=TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS)
    def publish(ds=None):
        copied(f"stock/{ds}/note.txt", f"published/{ds}.txt")

    @task(trigger_rule=TriggerRule.ONE_FAILED)
    def alert(ds=None):
        boto3.client("s3").put_object(Bucket=LAKE, Key=f"alerts/{ds}")

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def give_back(ds=None):
        boto3.client("s3").delete_object(Bucket=LAKE, Key=f"rented/{ds}")

    @task(trigger_rule=TriggerRule.ONE_FAILED, retries=0)
    def fail():
        raise AirflowFailException("A task has failed.")

    first, way, last = rent(), choose(), publish()
    loads = [load_full(), load_delta()]
    first >> way >> loads >> last >> give_back()
    [first, way, *loads, last] >> alert()
    [first, way, *loads, last] >> fail()


stock_load()
