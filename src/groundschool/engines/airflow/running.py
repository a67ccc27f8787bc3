"""Runs one Dag of a file once, as `dag.test()` does: the real task runner, in this process, without a scheduler.

A task is tried again at once, and an operator of Amazon's provider soon asks again how far its work is: what a check
waits for is the work, not the delay between two tries or two questions.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from groundschool.engines.airflow import reading

AT_ONCE = datetime.timedelta(0)
SOON = 0.5  # seconds
PAUSES = ("job_poll_interval", "sleep_time", "waiter_delay")  # between two questions, of operators that wait


def run(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """How a run of the Dag `order["dag"]` ended: its state, and each task's state and number of tries.

    `logical_date` is a text in ISO's form, or None for a run without one; `conf` holds values for the params.
    """
    from airflow.sdk import DAG

    test = DAG.test  # as Airflow has it: the file may put a function of its own in that place
    bag, errors = reading.bag_of(folder, order["name"], order["text"])
    dag = bag.dags.get(order["dag"])
    if dag is None:
        return {"errors": errors, "dags": sorted(bag.dags)}
    for task in dag.tasks:
        task.retry_delay, task.retry_exponential_backoff = AT_ONCE, False
        for pause in PAUSES:
            if hasattr(task, pause):
                setattr(task, pause, SOON)
    date = order.get("logical_date")
    try:
        done = test(
            dag,
            logical_date=datetime.datetime.fromisoformat(date) if date else None,
            run_conf=order.get("conf") or None,
        )
    except Exception as error:
        return {"errors": [f"{type(error).__name__}: {error}"[: reading.LONGEST_ERROR]], "dags": sorted(bag.dags)}
    tasks = done.get_task_instances()
    return {
        "state": _plain(done.state),
        "tasks": {name_of(task): _plain(task.state) for task in tasks},
        "tries": {name_of(task): task.try_number for task in tasks},
    }


def name_of(task: Any) -> str:
    """A task instance's name: its task's, with the number of a mapped one, `load[2]`."""
    return str(task.task_id) if task.map_index < 0 else f"{task.task_id}[{task.map_index}]"


def _plain(state: Any) -> str:
    return str(getattr(state, "value", state) or "none")
