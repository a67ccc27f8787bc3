"""What Airflow makes of a file of Dags, as a test cell sees it: the file when it was read, a run, the scheduler's runs.

All of it but the scheduler's comes from the candidate's side: it may lower what an answer earns. What the Dags say in
serialised form is the answer itself, as plain data, and the scheduler reads nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundschool.checks.answers import NotAnAnswer, Stopped

NOT_AIRFLOW = "What came back is not what Airflow says of a file of Dags."
# Without the seconds: a report is of the candidate's side, and a number in it could be one of the hidden data.
NOT_READ = "The file was not read in the time that it has."
TOO_LONG = "The run of the Dag was not over in the time that it has: {why}"
WHY = {
    "running": "a task was still running. A sensor in poke mode and a sleep keep their task running.",
    "up_for_reschedule": "a sensor was still waiting. Give it a timeout.",
    "deferred": "a task was still deferred. Give it a timeout.",
}
OTHER_WHY = "not every task was done."


@dataclass(frozen=True)
class Task:
    """A task of a Dag: the ids of the tasks before it, its rule, how often it is tried again, what it updates."""

    id: str
    upstream: frozenset[str]
    trigger_rule: str
    retries: int
    outlets: tuple[str, ...]
    operator: str
    is_mapped: bool
    is_setup: bool
    is_teardown: bool
    said: Mapping[str, Any] = field(repr=False, default_factory=dict)  # all that it says, in serialised form


@dataclass(frozen=True)
class Dag:
    """A Dag as the scheduler sees it; `serialised` is all that it says."""

    id: str
    tasks: Mapping[str, Task]
    catchup: bool
    max_active_runs: int
    timetable: str
    serialised: Mapping[str, Any] = field(repr=False)

    def before(self, task: str) -> frozenset[str]:
        """The ids of all tasks that are done before this one, near and far; empty for a task that there is not."""
        found, pending = set[str](), [task]
        while pending:
            known = self.tasks.get(pending.pop())
            fresh = (known.upstream if known else frozenset()) - found
            found |= fresh
            pending += fresh
        return frozenset(found)


@dataclass(frozen=True)
class DagFile:
    """A file of Dags, read: the errors with which it could not be imported, and its Dags by their ids."""

    errors: tuple[str, ...]
    dags: Mapping[str, Dag]

    @staticmethod
    def of(report: Any) -> DagFile:
        """What the candidate's side reported. Raises NotAnAnswer for anything else, and Stopped for a file that did not
        end.
        """
        if isinstance(report, Mapping) and report.get("stopped"):
            raise Stopped("timed_out", NOT_READ)
        if isinstance(report, Mapping) and report.get("ended"):
            return DagFile(("The process that read the file ended.",), {})
        try:
            errors = tuple(str(error)[:2000] for error in report["errors"])
            return DagFile(errors, {str(name): _dag(str(name), said) for name, said in report["dags"].items()})
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            raise NotAnAnswer(NOT_AIRFLOW) from None

    @property
    def text(self) -> str:
        """Its Dags in serialised form, as the scheduler takes them."""
        return json.dumps({name: dag.serialised for name, dag in self.dags.items()})


@dataclass(frozen=True)
class DagRun:
    """A run of a Dag: its state and, by the names of its task instances, their states and numbers of tries. `output` is
    what it printed.
    """

    state: str
    tasks: Mapping[str, str]
    tries: Mapping[str, int]
    output: str = field(repr=False, default="")

    @staticmethod
    def of(report: Any) -> DagRun:
        """What the candidate's side reported. Raises NotAnAnswer for anything else, and Stopped for a run without an
        end.
        """
        if not isinstance(report, Mapping):
            raise NotAnAnswer(NOT_AIRFLOW)
        if report.get("stopped"):
            raise Stopped("timed_out", _why(report))
        if report.get("ended"):
            return DagRun("ended", {}, {}, str(report.get("output", "")))
        if report.get("errors") or "dags" in report:
            return DagRun("not found", {}, {}, "\n".join(map(str, report.get("errors", []))))
        try:
            tasks = {str(name): str(state) for name, state in report["tasks"].items()}
            tries = {str(name): int(number) for name, number in report["tries"].items()}
            return DagRun(str(report["state"]), tasks, tries, str(report.get("output", "")))
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            raise NotAnAnswer(NOT_AIRFLOW) from None


@dataclass(frozen=True)
class ScheduledRun:
    """A run that the scheduler created, or refused to. Moments are texts in ISO's form, in UTC; empty for none."""

    dag_id: str
    run_type: str
    triggered_by: str
    state: str
    logical_date: str
    data_interval_start: str
    data_interval_end: str
    run_after: str
    conf: Mapping[str, Any]
    consumed: tuple[str, ...]
    tasks: Mapping[str, str]
    refused: str

    @staticmethod
    def of(row: Mapping[str, str]) -> ScheduledRun:
        """A row of the scheduler's."""
        read = {name: json.loads(row[name] or "{}") for name in ("conf", "consumed", "tasks")}
        return ScheduledRun(**{**row, **read, "consumed": tuple(read["consumed"])})


def _dag(name: str, said: Any) -> Dag:
    dag = said["dag"]
    tasks = [task["__var"] for task in dag["tasks"]]
    upstream: dict[str, set[str]] = {task["task_id"]: set() for task in tasks}
    for task in tasks:
        for below in task.get("downstream_task_ids", ()):
            upstream[below].add(task["task_id"])
    return Dag(
        id=name,
        tasks={task["task_id"]: _task(task, upstream[task["task_id"]]) for task in tasks},
        catchup=dag.get("catchup") is True,
        max_active_runs=int(dag.get("max_active_runs", 16)),
        timetable=str(dag["timetable"]["__type"]).rpartition(".")[2],
        serialised=said,
    )


def _task(said: Mapping[str, Any], upstream: set[str]) -> Task:
    mapped = bool(said.get("_is_mapped"))
    own = {**said, **said.get("partial_kwargs", {})} if mapped else said
    return Task(
        id=str(said["task_id"]),
        upstream=frozenset(upstream),
        trigger_rule=str(own.get("trigger_rule", "all_success")),
        retries=int(own.get("retries", 0)),
        outlets=tuple(str(asset["__var"].get("uri", "")) for asset in own.get("outlets", ())),
        operator=str(own.get("_operator_name") or own.get("task_type", "")),
        is_mapped=mapped,
        is_setup=own.get("is_setup") is True,
        is_teardown=own.get("is_teardown") is True,
        said=said,
    )


def _why(report: Mapping[str, Any]) -> str:
    """Why a run did not end, in words of ours only."""
    left = report.get("unfinished")
    pairs = [each for each in left if isinstance(each, list | tuple)] if isinstance(left, list | tuple) else []
    states = {each[1] for each in pairs if len(each) == 2 and isinstance(each[1], str)}
    why = next((words for state, words in WHY.items() if state in states), OTHER_WHY)
    return TOO_LONG.format(why=why)
