import datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Asset, MultipleCronTriggerTimetable, Param

first = datetime.datetime(2026, 10, 1)
orders = Asset("s3://wrenfield-lake/orders")
rates = Asset("s3://wrenfield-lake/rates")
prices = Asset("s3://wrenfield-lake/prices")

mart = DAG("daily_mart", schedule=(rates & orders), start_date=first, default_args={"retries": 1})
PythonOperator(task_id="mart", python_callable=print, dag=mart)

alerts = DAG("price_alerts", schedule=(prices | rates), start_date=first)
PythonOperator(task_id="alerts", python_callable=print, dag=alerts)

closing = DAG("month_end", schedule=MultipleCronTriggerTimetable("0 6 1 * *", timezone="UTC"), start_date=first, catchup=True, max_active_runs=1)
PythonOperator(task_id="closing", python_callable=print, dag=closing)

stock = DAG("hourly_stock", schedule=MultipleCronTriggerTimetable("15 * * * *", timezone="UTC"), start_date=first, catchup=False)
PythonOperator(task_id="stock", python_callable=print, dag=stock)

limit = {"type": "integer", "minimum": 1, "maximum": 1000}
reload = DAG("reload_day", schedule=None, start_date=first, params={"limit": Param(100, **limit), "day": Param(type="string", format="date")})
PythonOperator(task_id="reload", python_callable=print, dag=reload)
