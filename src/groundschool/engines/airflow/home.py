"""An Airflow of one's own: a folder with its settings, its Dags, and a copy of the template database.

Airflow reads its settings from the environment. They are set before it is imported, and once more in each fork, which
gets a folder of its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import warnings
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DAGS = "dags"
DATABASE = "airflow.db"
FIRST_DAG = """
import datetime

from airflow.sdk import DAG, task

with DAG("first", schedule="@daily", start_date=datetime.datetime(2026, 11, 1)):

    @task(retries=1, retry_delay=datetime.timedelta(0))
    def numbers(ti=None):
        return [1, 2] if ti.try_number > 1 else 1 / 0

    @task
    def same(number):
        return number

    same.expand(number=numbers())
"""
BUNDLE = [{"name": "dags-folder", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle", "kwargs": {}}]


class Cursor(sqlite3.Cursor):
    """Keeps SQLite's journal in memory. Beside one in a file it asks who holds a lock, and no box answers that."""

    def execute(self, sql: str, *parameters: Any) -> Cursor:
        """Runs a statement; Airflow's own choice of a journal is ours."""
        super().execute("PRAGMA journal_mode = MEMORY" if "journal_mode" in sql else sql, *parameters)
        return self


class Database(sqlite3.Connection):
    """A connection to the database of this process's home, whatever name Airflow's engine had for it when it was made:
    the engine outlives the fork, with the statements that it has compiled.
    """

    def __init__(self, _: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(_database, *arguments, **named)

    def cursor(self, *_: Any) -> Any:
        """One that keeps the journal in memory."""
        return super().cursor(Cursor)


CONNECT = {"factory": Database}  # found by Airflow under its name

TO_RUN = (  # what the operators of a Dag that runs import when they are needed
    "airflow.providers.amazon.aws.hooks.s3",
    "airflow.providers.amazon.aws.operators.athena",
    "airflow.providers.amazon.aws.operators.glue",
    "airflow.providers.amazon.aws.operators.s3",
)

_database = ""  # the path of the present home's database
_template = b""  # the migrated database, once this process is warm
_is_ready_to_run = False


def settings_of(folder: Path) -> dict[str, str]:
    """The variables of an Airflow that lives in `folder`."""
    return {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder / DAGS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "20",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder / DATABASE}",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": f"{__name__}.CONNECT",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
        "AIRFLOW__API_AUTH__JWT_SECRET": "ground-school" * 5,  # of a server that only its own process can reach
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(BUNDLE),
    }


def is_warm() -> bool:
    """Whether this process holds Airflow and the template database."""
    return bool(_template)


def warm(*, to_run: bool) -> None:
    """Imports Airflow and migrates the template database; with `to_run`, also runs a first Dag, as the next is then six
    times faster. What it starts, it ends: this process has one thread again.
    """
    global _template, _is_ready_to_run, _database
    if _template and (_is_ready_to_run or not to_run):
        return
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="airflow-") as name, _quiet():
        folder = Path(name).resolve()
        (folder / DAGS).mkdir()
        os.environ.update(settings_of(folder))
        _database = str(folder / DATABASE)
        try:
            _load()
            _module("airflow.settings").configure_vars()
            _module("airflow.settings").configure_orm()
            if not _template:
                _template = _migrated(folder)
            if to_run:
                for name in TO_RUN:
                    importlib.import_module(name)
                _run_first(folder)
                _is_ready_to_run = True
        finally:
            _hang_up()
            os.environ.clear()
            os.environ.update(before)


def enter(folder: Path) -> None:
    """Makes `folder` the home of this process's Airflow, with an empty database. For a fork of a warm process."""
    global _database
    warnings.simplefilter("ignore")
    (folder / DAGS).mkdir(parents=True, exist_ok=True)
    (folder / DATABASE).write_bytes(_template)
    _database = str(folder / DATABASE)
    os.environ.update(settings_of(folder))
    _module("airflow.settings").DAGS_FOLDER = str(folder / DAGS)


def unfinished(folder: Path) -> list[tuple[str, str]]:
    """Tasks and states of what was not done when the process of `folder` was ended: for a message, not for a
    verdict.
    """
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(folder / DATABASE)) as database:
        rows = database.execute("select task_id, state from task_instance order by task_id").fetchall()
        done = {"success", "failed", "skipped", "upstream_failed", "removed"}
        return [(str(task)[:100], str(state or "waiting")) for task, state in rows if state not in done]
    return []


def _load() -> None:
    """Everything that a request may import later."""
    for name in (
        "airflow.dag_processing.dagbag",
        "airflow.dag_processing.bundles.manager",
        "airflow.dag_processing.collection",
        "airflow.executors.base_executor",
        "airflow.jobs.scheduler_job_runner",
        "airflow.models.dagrun",
        "airflow.sdk.execution_time.supervisor",
        "airflow.serialization.serialized_objects",
        "airflow.providers.standard.operators.bash",
        "airflow.providers.standard.operators.empty",
        "airflow.providers.standard.operators.python",
    ):
        importlib.import_module(name)
    _speak_newest_versions()


def _speak_newest_versions() -> None:
    """The execution API without its old versions, which no task here speaks: building them takes most of a first run.

    The oldest that stays is the one before an endpoint moved: the API is not built without a version that has the old.
    """
    cadwyn, versions = _module("cadwyn"), _module("airflow.api_fastapi.execution_api.versions")
    *newest, oldest = versions.bundle.versions[:3]
    for change in (change for version in newest for change in version.changes):
        change._bound_version_bundle = None  # it may belong to one bundle, and is told of the new one here
    versions.bundle = cadwyn.VersionBundle(cadwyn.HeadVersion(), *newest, cadwyn.Version(oldest.value))


def _migrated(folder: Path) -> bytes:
    _module("airflow.utils.db").initdb()
    _hang_up()
    return (folder / DATABASE).read_bytes()


def _run_first(folder: Path) -> None:
    """Runs a Dag, which builds the execution API, and ends the thread that serves it: a fork would not have it."""
    (folder / DATABASE).write_bytes(_template)
    (folder / DAGS / "first.py").write_text(FIRST_DAG, encoding="utf-8")
    _module("airflow.dag_processing.dagbag").DagBag(str(folder / DAGS)).dags["first"].test()
    served = _module("airflow.sdk.execution_time.supervisor").in_process_api_server()
    transport = served.transport
    for final in list(weakref.finalize._registry):  # type: ignore[attr-defined]
        if final.alive and final.peek()[0] is transport:
            final()
    delattr(served, "transport")
    del transport
    gc.collect()


def _hang_up() -> None:
    """Closes every connection; the engine, and what it has compiled, stays."""
    settings = _module("airflow.settings")
    settings.Session.remove()
    settings.engine.dispose()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of what Airflow says of its migrations and its first run reaches anybody."""
    kept = os.dup(1), os.dup(2)
    sys.stdout.flush()
    sys.stderr.flush()
    with open(os.devnull, "wb") as nothing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)
        try:
            yield
        finally:
            for number, copy in enumerate(kept, start=1):
                os.dup2(copy, number)
                os.close(copy)


def drop(folder: Path) -> None:
    """Removes a home, whatever was made of it."""
    shutil.rmtree(folder, ignore_errors=True)


def _module(name: str) -> Any:
    return importlib.import_module(name)
