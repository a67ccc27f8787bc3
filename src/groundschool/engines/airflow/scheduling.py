"""Which runs the real scheduler creates of Dags in serialised form, tick by tick, on a clock of the check's own.

The scheduler never executes a file of Dags, here as at work: what it sees is data. No task runs either; a step may say
how those that wait for a worker end. As an engine, its text is the serialised Dags, by their ids, in JSON, its dataset
one table `steps` with a column `step` of JSON:

    {"at": "2026-11-23T06:00:00+00:00"}     the clock shows this
    {"tick": 3}                             the scheduler loops so often
    {"trigger": {"dag_id": …, "logical_date": …, "conf": …}}
    {"asset": "s3://…", "extra": {…}}       an update of an asset, by its name or URI
    {"finish": "success"}                   every task that waits for a worker ends so; {task: state} says it of each
    {"pause": dag_id, "to": true}
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundschool.engines.engine import Kind, QueryFailed, QueryRefused
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Dataset

STEPS = "steps"
SECONDS = 50
LONGEST = 1 << 20
COLUMNS = (
    "dag_id",
    "run_type",
    "triggered_by",
    "state",
    "logical_date",
    "data_interval_start",
    "data_interval_end",
    "run_after",
    "conf",
    "consumed",
    "tasks",
    "refused",
)
UTC = datetime.UTC
ONE_SECOND = datetime.timedelta(seconds=1)


class Scheduler:
    """A session of the engine: the steps are given, the Dags come as text."""

    def __init__(self, steps: list[Any]) -> None:
        self._steps = steps

    def run(self, text: str, kind: Kind) -> pa.Table:
        """A row for each run, in the order of their creation, and for each one that was refused."""
        from groundschool.engines.airflow import zygote

        if len(text) > LONGEST:
            raise QueryRefused(f"The serialised Dags are longer than {LONGEST:,} characters.")
        done = zygote.ask({"do": "tick", "dags": _dags(text), "steps": self._steps}, SECONDS)
        if done.get("stopped"):
            raise QueryFailed(f"The scheduler took longer than {SECONDS} seconds with these Dags.")
        if done.get("errors"):
            raise QueryFailed(str(done["errors"][0])[:2000])
        return pa.table({name: pa.array([row[name] for row in done["rows"]], pa.string()) for name in COLUMNS})

    def table(self, name: str) -> pa.Table:
        """There is none."""
        raise QueryFailed(f"The scheduler leaves no table {name!r}; its runs are what it returns.")

    def close(self) -> None:
        """Nothing is kept."""


def open(dataset: Dataset) -> Scheduler:
    """The scheduler with the steps of a check. Raises GroundSchoolError for any other dataset."""
    steps = dataset.get(STEPS)
    if not isinstance(steps, pa.Table) or steps.column_names != ["step"] or len(dataset) != 1:
        raise GroundSchoolError(f"The scheduler reads one table `{STEPS}` with a column `step`.")
    return Scheduler([json.loads(step) for step in steps.column("step").to_pylist()])


def _dags(text: str) -> dict[str, Any]:
    try:
        dags = json.loads(text)
    except (ValueError, RecursionError):
        dags = None
    if not isinstance(dags, dict) or not all(
        isinstance(dag, dict) and isinstance(dag.get("dag"), dict) for dag in dags.values()
    ):
        raise QueryRefused("This is no serialised Dag.")
    return dags


# -- what runs in the child


class _Clock:
    """Shows Airflow a time of our choice: its own function, and SQLite's."""

    def __init__(self) -> None:
        self.now = datetime.datetime.now(UTC)

    def utcnow(self) -> datetime.datetime:
        return self.now

    def set_everywhere(self) -> None:
        """In every module of Airflow's that has the function, and in every connection made from now on."""
        from airflow import settings
        from airflow._shared.timezones import timezone
        from sqlalchemy import event

        given = timezone.utcnow
        for module in [each for name, each in sys.modules.items() if name.startswith("airflow.")]:
            if vars(module).get("utcnow") is given:
                module.utcnow = self.utcnow  # type: ignore[attr-defined]
        told = lambda: self.now.strftime("%Y-%m-%d %H:%M:%S")  # noqa: E731
        event.listen(settings.engine, "connect", lambda made, _: made.create_function("current_timestamp", 0, told))
        settings.engine.dispose()


class _Loop:
    """The scheduler's own loop, with an executor that takes every task and runs none."""

    def __init__(self, clock: _Clock) -> None:
        from airflow.executors.base_executor import BaseExecutor
        from airflow.jobs.job import Job
        from airflow.jobs.scheduler_job_runner import SchedulerJobRunner

        class Nobody(BaseExecutor):  # type: ignore[misc]
            def queue_workload(self, workload: Any, session: Any) -> None:
                """It stays queued."""

            def sync(self) -> None:
                """Nothing to hear of."""

        self.clock, self.refused = clock, list[dict[str, str]]()
        self._runner = SchedulerJobRunner(Job(), num_runs=1, executors=[Nobody()])
        self._steps: dict[str, Callable[[Any, Any], None]] = {
            "at": self._at,
            "tick": self._tick,
            "trigger": self._trigger,
            "asset": self._asset,
            "finish": self._finish,
            "pause": self._pause,
        }

    def step(self, step: Mapping[str, Any]) -> None:
        """Does one step. Raises GroundSchoolError for one that is none."""
        from airflow.utils.session import create_session

        kind = next(iter(step), "")
        self.clock.now += ONE_SECOND  # runs and updates are told apart by their moments
        if kind not in self._steps:
            raise GroundSchoolError(f"No step is called {kind!r}; expected one of: {', '.join(self._steps)}.")
        if kind in ("at", "tick"):
            self._steps[kind](step, None)
            return
        with create_session() as session:
            self._steps[kind](step, session)

    def _at(self, step: Any, _: Any) -> None:
        self.clock.now = datetime.datetime.fromisoformat(step["at"]).astimezone(UTC)

    def _tick(self, step: Any, _: Any) -> None:
        from airflow.utils.session import create_session

        for _again in range(step["tick"]):
            with create_session() as session:
                self._runner._do_scheduling(session)

    def _trigger(self, step: Any, session: Any) -> None:
        from airflow.api.common.trigger_dag import trigger_dag
        from airflow.utils.types import DagRunTriggeredByType

        asked = dict(step["trigger"])
        if asked.get("logical_date"):
            asked["logical_date"] = datetime.datetime.fromisoformat(asked["logical_date"])
        try:
            trigger_dag(**asked, triggered_by=DagRunTriggeredByType.CLI, session=session)
        except Exception as error:
            session.rollback()
            told = f"{type(error).__name__}: {error}"[:500]
            conf = json.dumps(asked.get("conf") or {}, sort_keys=True)
            self.refused.append(
                {"dag_id": str(asked.get("dag_id")), "run_type": "refused", "conf": conf, "refused": told}
            )

    def _asset(self, step: Any, session: Any) -> None:
        from airflow.assets.manager import AssetManager
        from airflow.models.asset import AssetModel
        from sqlalchemy import or_, select

        named = or_(AssetModel.name == step["asset"], AssetModel.uri == step["asset"])
        for asset in session.scalars(select(AssetModel).where(named)):
            AssetManager().register_asset_change(asset=asset, extra=step.get("extra"), session=session)

    def _finish(self, step: Any, session: Any) -> None:
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.state import TaskInstanceState
        from sqlalchemy import select

        waiting, ends = TaskInstance.state.in_([TaskInstanceState.QUEUED, TaskInstanceState.SCHEDULED]), step["finish"]
        for task in session.scalars(select(TaskInstance).where(waiting)):
            state = ends if isinstance(ends, str) else ends.get(task.task_id)
            if state:
                task.state, task.start_date, task.end_date = state, self.clock.now, self.clock.now

    def _pause(self, step: Any, session: Any) -> None:
        from airflow.models.dag import DagModel
        from sqlalchemy import select

        session.scalar(select(DagModel).where(DagModel.dag_id == step["pause"])).is_paused = step.get("to", True)


def tick(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Writes the Dags into the database, as the Dag processor does, and goes through the steps."""
    clock = _Clock()
    clock.set_everywhere()
    steps = list(order["steps"])
    if steps and "at" in steps[0]:
        clock.now = datetime.datetime.fromisoformat(steps[0]["at"]).astimezone(UTC)
    try:
        _written(folder, order["dags"])
    except Exception as error:
        return {"errors": [f"Airflow cannot read these serialised Dags: {type(error).__name__}: {error}"]}
    loop = _Loop(clock)
    for step in steps:
        loop.step(step)
    return {"rows": [{**dict.fromkeys(COLUMNS, ""), **row} for row in [*_runs(), *loop.refused]]}


def _written(folder: Path, dags: dict[str, Any]) -> None:
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.collection import update_dag_parsing_results_in_db
    from airflow.serialization.serialized_objects import LazyDeserializedDAG
    from airflow.utils.session import create_session

    source = folder / "source.py"
    source.write_text("# Only its Dags came here.\n", encoding="utf-8")  # the database keeps a text for each file
    with create_session() as session:
        DagBundlesManager().sync_bundles_to_db(session=session)
    known = []
    for dag in dags.values():
        dag["dag"].update(fileloc=str(source), relative_fileloc=source.name)
        known.append(LazyDeserializedDAG(data=dag))
    errors: dict[tuple[str, str], str] = {}
    with create_session() as session:
        update_dag_parsing_results_in_db("dags-folder", None, known, errors, None, set(), session)
    if errors:
        raise GroundSchoolError(next(iter(errors.values())))


def _runs() -> list[dict[str, str]]:
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return [_row(run, session) for run in session.scalars(select(DagRun).order_by(DagRun.id))]


def _row(run: Any, session: Any) -> dict[str, str]:
    by_asset = str(run.run_type) == "asset_triggered"
    consumed = sorted(event.asset.uri for event in run.consumed_asset_events) if by_asset else []
    tasks = {task.task_id: _plain(task.state) for task in run.get_task_instances(session=session)}
    moments = ("logical_date", "data_interval_start", "data_interval_end", "run_after")
    return {
        "dag_id": run.dag_id,
        "run_type": _plain(run.run_type),
        "triggered_by": _plain(run.triggered_by),
        "state": _plain(run.state),
        **{name: moment.astimezone(UTC).isoformat() if (moment := getattr(run, name)) else "" for name in moments},
        "conf": json.dumps(run.conf or {}, sort_keys=True),
        "consumed": json.dumps(consumed),
        "tasks": json.dumps(tasks, sort_keys=True),
    }


def _plain(state: Any) -> str:
    return str(getattr(state, "value", state) or "none")
