import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, AssetAll, AssetAny, Param

lake = {name: Asset("s3://wrenfield-lake/" + name) for name in ("orders", "rates", "prices")}
triggers = {
    "daily_mart": dict(schedule=AssetAll(lake["orders"], lake["rates"])),
    "price_alerts": dict(schedule=AssetAny(lake["prices"], lake["rates"]), max_active_runs=4),
    "month_end": dict(schedule="0 6 1 * *", catchup=True, max_active_runs=1),
    "hourly_stock": dict(schedule="15 0-23 * * *", max_active_runs=1),
    "reload_day": dict(
        schedule=None,
        params={
            "day": Param(type="string", pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"),
            "limit": Param(100, type="integer", exclusiveMinimum=0, exclusiveMaximum=1001),
        },
    ),
}
for name, how in triggers.items():
    with DAG(dag_id=name, start_date=pendulum.datetime(2026, 10, 1), **how) as globals()[name]:
        BashOperator(task_id="echo", bash_command="echo {{ run_id }}")
