import boto3
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG

SUPPLIERS, LAKE = "wrenfield-suppliers", "wrenfield-lake"


def copy(source, target):
    s3 = boto3.client("s3")
    s3.put_object(Bucket=LAKE, Key=target, Body=s3.get_object(Bucket=SUPPLIERS, Key=source)["Body"].read())


def rent(ds):
    boto3.client("s3").put_object(Bucket=LAKE, Key=f"rented/{ds}", Body=b"")


def choose(ds):
    kind = boto3.client("s3").get_object(Bucket=SUPPLIERS, Key=f"stock/{ds}/kind.txt")["Body"].read()
    return f"load_{kind.decode().strip()}"


def load_full(ds):
    copy(f"stock/{ds}/full.csv", f"stock/full/{ds}.csv")


def load_delta(ds):
    copy(f"stock/{ds}/delta.csv", f"stock/delta/{ds}.csv")


def publish(ds):
    copy(f"stock/{ds}/note.txt", f"published/{ds}.txt")


def alert(ds):
    boto3.client("s3").put_object(Bucket=LAKE, Key=f"alerts/{ds}", Body=b"")


def give_back(ds):
    boto3.client("s3").delete_object(Bucket=LAKE, Key=f"rented/{ds}")


with DAG("stock_load", schedule=None):
    rented = PythonOperator(task_id="rent", python_callable=rent)
    chosen = BranchPythonOperator(task_id="choose", python_callable=choose)
    loads = [PythonOperator(task_id=load.__name__, python_callable=load) for load in (load_full, load_delta)]
    published = PythonOperator(task_id="publish", python_callable=publish, trigger_rule="none_failed_min_one_success")
    called = PythonOperator(task_id="alert", python_callable=alert, trigger_rule="one_failed")
    given = PythonOperator(task_id="give_back", python_callable=give_back)

    rented >> chosen >> loads >> published >> given.as_teardown(setups=rented.as_setup())
    published >> EmptyOperator(task_id="whole")
    [chosen, *loads, published] >> called
