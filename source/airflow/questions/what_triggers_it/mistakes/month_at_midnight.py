# `month_end` starts on the right day at another time. A preset such as `@monthly` means midnight.
# breaks: month end
import pendulum
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, Param

FIRST = pendulum.datetime(2026, 10, 1, tz="UTC")
orders, rates, prices = (Asset(f"s3://wrenfield-lake/{name}") for name in ("orders", "rates", "prices"))

with DAG("daily_mart", schedule=orders & rates, start_date=FIRST):
    EmptyOperator(task_id="build")

with DAG("price_alerts", schedule=prices | rates, start_date=FIRST):
    EmptyOperator(task_id="alert")

with DAG("month_end", schedule="@monthly", start_date=FIRST, catchup=True, max_active_runs=1):
    EmptyOperator(task_id="close")

with DAG("hourly_stock", schedule="15 * * * *", start_date=FIRST, catchup=False):
    EmptyOperator(task_id="count")

with DAG(
    "reload_day",
    schedule=None,
    start_date=FIRST,
    params={"day": Param(type="string", format="date"), "limit": Param(100, type="integer", minimum=1, maximum=1000)},
):
    EmptyOperator(task_id="reload")
