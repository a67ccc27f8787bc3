from datetime import datetime, timezone

from airflow.sdk import Asset, CronTriggerTimetable, Param, dag, task

START = {"start_date": datetime(2026, 10, 1, tzinfo=timezone.utc)}


def lake(name):
    return Asset(uri=f"s3://wrenfield-lake/{name}", name=name)


def one_task():
    @task
    def work():
        print("done")

    work()


@dag(schedule=[lake("orders"), lake("rates")], **START)
def daily_mart():
    one_task()


@dag(schedule=(lake("rates") | lake("prices")), **START)
def price_alerts():
    one_task()


@dag(schedule=CronTriggerTimetable("0 6 1 * *", timezone="UTC"), catchup=True, max_active_runs=1, **START)
def month_end():
    one_task()


@dag(schedule="15 * * * *", **START)
def hourly_stock():
    one_task()


@dag(
    schedule=None,
    params={
        "day": Param(type="string", format="date", title="The day to load again"),
        "limit": Param(default=100, type="integer", minimum=1, maximum=1000),
    },
)
def reload_day():
    one_task()


daily_mart(), price_alerts(), month_end(), hourly_stock(), reload_day()
