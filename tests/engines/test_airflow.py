"""Airflow's documented behaviour, of the real thing as the engine drives it: files read, Dags run, runs that the scheduler creates.

The sources are Airflow's own pages on Dags (trigger rules), Dag runs, timetables, assets, params, mapping, and set-up and teardown.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from groundschool import checks, lab
from groundschool.engines import engine
from groundschool.engines.airflow import zygote

HEAD = """
import pendulum
from datetime import timedelta
from airflow.sdk import DAG, Asset, Param, dag, get_current_context, setup, task, task_group, teardown
from airflow.sdk import AssetOrTimeSchedule, CronDataIntervalTimetable, CronTriggerTimetable, DeltaDataIntervalTimetable
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from airflow.providers.standard.operators.empty import EmptyOperator
"""


def read(source: str) -> dict[str, Any]:
    return zygote.ask({"do": "read", "name": "dags.py", "text": HEAD + source}, 60)


def run(source: str, dag_id: str = "d", **how: Any) -> dict[str, Any]:
    return zygote.ask({"do": "run", "name": "dags.py", "text": HEAD + source, "dag": dag_id, **how}, 60)


def scheduled(source: str, *steps: dict[str, Any]) -> list[dict[str, Any]]:
    """The scheduler's rows for the Dags of a file, as the engine gives them."""
    file = read(source)
    assert file["errors"] == []
    table = pa.table({"step": [json.dumps(step) for step in steps]})
    return engine.answer(json.dumps(file["dags"]), {"steps": table}, name="airflow", kind="script").to_pylist()


# -- trigger rules: what a task becomes when its two upstreams succeeded (S), failed (F) or were skipped (K)

PAIRS = ("SS", "SF", "SK", "FF", "FK", "KK")
RUNS, SKIPPED, FAILED = "runs", "skipped", "upstream_failed"
RULES = {
    "all_success": (RUNS, FAILED, SKIPPED, FAILED, FAILED, SKIPPED),
    "all_failed": (SKIPPED, SKIPPED, SKIPPED, RUNS, SKIPPED, SKIPPED),
    "all_done": (RUNS,) * 6,
    "all_done_min_one_success": (RUNS, RUNS, SKIPPED, FAILED, SKIPPED, SKIPPED),
    "all_skipped": (SKIPPED, SKIPPED, SKIPPED, SKIPPED, SKIPPED, RUNS),
    "one_failed": (SKIPPED, RUNS, SKIPPED, RUNS, RUNS, SKIPPED),
    "one_success": (RUNS, RUNS, RUNS, FAILED, FAILED, SKIPPED),
    "one_done": (RUNS, RUNS, RUNS, RUNS, RUNS, SKIPPED),
    "none_failed": (RUNS, FAILED, RUNS, FAILED, FAILED, RUNS),
    "none_failed_min_one_success": (RUNS, FAILED, RUNS, FAILED, FAILED, SKIPPED),
    "none_skipped": (RUNS, RUNS, SKIPPED, RUNS, SKIPPED, SKIPPED),
    "always": (RUNS,) * 6,
}


@pytest.fixture(scope="module")
def ruled() -> dict[str, str]:
    """The states of one task for each rule and pairing, in one run."""
    source = f"""
with DAG("d", schedule=None, max_active_tasks=1000):
    ends = {{(pair, side): EmptyOperator(task_id=f"{{pair}}_{{side}}", inlets=[Asset("x")]) for pair in {PAIRS} for side in (0, 1)}}
    for rule in {tuple(RULES)}:
        for pair in {PAIRS}:
            [ends[pair, 0], ends[pair, 1]] >> EmptyOperator(task_id=f"{{rule}}_{{pair}}", trigger_rule=rule, inlets=[Asset("x")])
"""
    names = {"S": "success", "F": "failed", "K": "skipped"}
    ends = {f"{pair}_{side}": names[pair[side]] for pair in PAIRS for side in (0, 1)}
    steps = [
        {"trigger": {"dag_id": "d"}},
        {"at": "2030-01-01T00:00:00+00:00"},
        {"tick": 2},
        {"finish": ends},
        {"tick": 4},
    ]
    (row,) = scheduled(source, {"at": "2029-12-31T00:00:00+00:00"}, *steps)
    return json.loads(row["tasks"])


@pytest.mark.parametrize("rule", RULES)
def test_a_trigger_rule_decides_by_the_states_of_the_tasks_before(ruled: dict[str, str], rule: str) -> None:
    seen = {pair: ruled[f"{rule}_{pair}"] for pair in PAIRS}
    told = {pair: RUNS if state in ("scheduled", "queued", "success") else state for pair, state in seen.items()}
    assert told == dict(zip(PAIRS, RULES[rule], strict=True))


# -- schedules: logical date, data interval, and when a run is due


def start(source: str, first: str = "2026, 3, 27", zone: str = "UTC") -> str:
    return f'with DAG("d", schedule={source}, catchup=True, max_active_runs=100, start_date=pendulum.datetime({first}, tz="{zone}")):\n    EmptyOperator(task_id="a")\n'


SCHEDULES = {
    "cron: at the tick, interval of no length": (
        '"0 6 * * *"',
        "2026-03-29T07:00",
        [
            ("27T06:00", "27T06:00", "27T06:00"),
            ("28T06:00", "28T06:00", "28T06:00"),
            ("29T06:00", "29T06:00", "29T06:00"),
        ],
    ),
    "@daily": (
        '"@daily"',
        "2026-03-28T12:00",
        [("27T00:00", "27T00:00", "27T00:00"), ("28T00:00", "28T00:00", "28T00:00")],
    ),
    "@hourly": (
        '"@hourly"',
        "2026-03-27T01:59",
        [("27T00:00", "27T00:00", "27T00:00"), ("27T01:00", "27T01:00", "27T01:00")],
    ),
    "@weekly is Sunday": ('"@weekly"', "2026-03-30T00:00", [("29T00:00", "29T00:00", "29T00:00")]),
    "day of month or day of week": (
        '"0 0 31 * 0"',
        "2026-03-31T01:00",
        [("29T00:00", "29T00:00", "29T00:00"), ("31T00:00", "31T00:00", "31T00:00")],
    ),
    "data intervals: due at their end": (
        'CronDataIntervalTimetable("@daily", timezone="UTC")',
        "2026-03-29T00:30",
        [("27T00:00", "28T00:00", "28T00:00"), ("28T00:00", "29T00:00", "29T00:00")],
    ),
    "delta intervals": (
        "DeltaDataIntervalTimetable(timedelta(hours=12))",
        "2026-03-28T00:30",
        [("27T00:00", "27T12:00", "27T12:00"), ("27T12:00", "28T00:00", "28T00:00")],
    ),
    "a timedelta: at the tick": (
        "timedelta(hours=12)",
        "2026-03-27T12:30",
        [("27T00:00", "27T00:00", "27T00:00"), ("27T12:00", "27T12:00", "27T12:00")],
    ),
    "@once": ('"@once"', "2026-03-30T00:00", [("27T00:00", "27T00:00", "27T00:00")]),
    "no schedule, no run": ("None", "2026-03-30T00:00", []),
    "weekdays": (
        '"0 0 * * 1-5"',
        "2026-03-30T00:30",
        [("27T00:00", "27T00:00", "27T00:00"), ("30T00:00", "30T00:00", "30T00:00")],
    ),
}


def moments(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(row["logical_date"][8:16], row["data_interval_end"][8:16], row["run_after"][8:16]) for row in rows]


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_gives_these_runs(name: str) -> None:
    schedule, now, want = SCHEDULES[name]
    assert moments(scheduled(start(schedule), {"at": f"{now}:00+00:00"}, {"tick": 5})) == want


def test_a_cron_schedule_follows_the_clocks_of_its_zone_and_a_timedelta_does_not() -> None:
    now = {"at": "2026-03-29T12:00:00+00:00"}, {"tick": 4}
    assert [row[0] for row in moments(scheduled(start('"30 8 * * *"', "2026, 3, 28", "Europe/Berlin"), *now))] == [
        "28T07:30",
        "29T06:30",
    ]
    assert [
        row[0] for row in moments(scheduled(start("timedelta(days=1)", "2026, 3, 28, 8, 30", "Europe/Berlin"), *now))
    ] == ["28T07:30", "29T07:30"]


DAILY = 'with DAG("d", schedule="@daily", start_date=pendulum.datetime(2026, 11, 1){more}):\n    EmptyOperator(task_id="a", inlets=[Asset("x")]{task})\n'
FIFTH = {"at": "2026-11-05T12:00:00+00:00"}
CATCHUP = {
    "off by default: the newest only": ("", ["05"]),
    "off": (", catchup=False", ["05"]),
    "on: every day since the first": (", catchup=True, max_active_runs=9", ["01", "02", "03", "04", "05"]),
    "as many at once as may be active": (", catchup=True, max_active_runs=2", ["01", "02"]),
    "not after the end date, which counts": (
        ", catchup=True, max_active_runs=9, end_date=pendulum.datetime(2026, 11, 3)",
        ["01", "02", "03"],
    ),
    "paused when it is made": (", catchup=True, is_paused_upon_creation=True", []),
}


@pytest.mark.parametrize("name", CATCHUP)
def test_catching_up(name: str) -> None:
    more, days = CATCHUP[name]
    rows = scheduled(DAILY.format(more=more, task=""), FIFTH, {"tick": 6})
    started = [row["logical_date"][8:10] for row in rows if row["state"] == "running"]
    assert started == days
    assert {row["run_type"] for row in rows} <= {"scheduled"}


def test_nothing_runs_before_the_start_date() -> None:
    assert scheduled(DAILY.format(more="", task=""), {"at": "2026-10-31T23:59:00+00:00"}, {"tick": 3}) == []


def test_a_task_that_depends_on_the_past_waits_for_the_day_before() -> None:
    source = DAILY.format(more=", catchup=True, max_active_runs=9", task=", depends_on_past=True")
    states = [json.loads(row["tasks"])["a"] for row in scheduled(source, FIFTH, {"tick": 6})]
    assert states == ["queued", "none", "none", "none", "none"]
    states = [
        json.loads(row["tasks"])["a"]
        for row in scheduled(source, FIFTH, {"tick": 6}, {"finish": "failed"}, {"tick": 2})
    ]
    assert states == ["failed", "none", "none", "none", "none"]


def test_a_paused_dag_gets_no_scheduled_run_and_keeps_a_manual_one_waiting() -> None:
    rows = scheduled(
        DAILY.format(more="", task=""),
        FIFTH,
        {"pause": "d"},
        {"tick": 2},
        {"trigger": {"dag_id": "d"}},
        {"at": "2026-11-06T12:00:00+00:00"},
        {"tick": 2},
    )
    assert [(row["run_type"], row["state"]) for row in rows] == [("manual", "queued")]


# -- started by hand, with params

PARAMS = 'with DAG("d", schedule=None, params={"n": Param(3, type="integer", minimum=1), "who": "all"}):\n    EmptyOperator(task_id="a")\n'
CONFS: dict[str, tuple[Any, str]] = {
    "none: the defaults hold": (None, ""),
    "a value that the schema allows": ({"n": 7}, ""),
    "a key that is no param": ({"other": 1}, ""),
    "below the minimum": ({"n": 0}, "ParamValidationError"),
    "of another type": ({"n": "seven"}, "ParamValidationError"),
    "nothing where something must be": ({"n": None}, "ParamValidationError"),
}


@pytest.mark.parametrize("name", CONFS)
def test_a_run_by_hand_takes_a_conf_that_its_params_allow(name: str) -> None:
    conf, refusal = CONFS[name]
    (row,) = scheduled(PARAMS, FIFTH, {"trigger": {"dag_id": "d", "conf": conf}})
    assert row["refused"].split(":")[0] == refusal
    if not refusal:
        assert (row["run_type"], row["logical_date"], json.loads(row["conf"])) == ("manual", "", conf or {})


def test_a_run_by_hand_may_carry_a_date_even_before_the_first() -> None:
    (row,) = scheduled(
        DAILY.format(more="", task=""), FIFTH, {"trigger": {"dag_id": "d", "logical_date": "2024-02-29T00:00:00+00:00"}}
    )
    assert (row["run_type"], row["logical_date"][:10]) == ("manual", "2024-02-29")


def test_a_date_has_one_run() -> None:
    twice = [{"trigger": {"dag_id": "d", "logical_date": "2024-02-29T00:00:00+00:00"}}] * 2
    rows = scheduled(DAILY.format(more="", task=""), FIFTH, *twice)
    assert [row["run_type"] for row in rows] == ["manual", "refused"]


# -- assets

ASSETS = 'A, B, C = Asset("A"), Asset("B"), Asset("s3://lake/c")\nwith DAG("p", schedule=None):\n    EmptyOperator(task_id="make", outlets=[A, B, C])\nwith DAG("d", schedule={schedule}, start_date=pendulum.datetime(2026, 11, 1)):\n    EmptyOperator(task_id="use")\n'
UPDATES = {
    "one": ("[A]", "A", [["A"]]),
    "another than the one": ("[A]", "B", []),
    "a list is AND": ("[A, B]", "A", []),
    "a list, both": ("[A, B]", "AB", [["A", "B"]]),
    "AND": ("(A & B)", "AB", [["A", "B"]]),
    "OR": ("(A | B)", "B", [["B"]]),
    "OR, each": ("(A | B)", "AB", [["A"], ["B"]]),
    "nested, the one": ("(A | (B & C))", "A", [["A"]]),
    "nested, half of the two": ("(A | (B & C))", "B", []),
    "AND, twice the same": ("(A & B)", "AA", []),
    "AND, two rounds": ("(A & B)", "ABBA", [["A", "B"], ["A", "B"]]),
}


@pytest.mark.parametrize("name", UPDATES)
def test_updates_of_assets_start_these_runs(name: str) -> None:
    schedule, updates, want = UPDATES[name]
    steps = [step for asset in updates for step in ({"asset": asset}, {"tick": 2}, {"finish": "success"}, {"tick": 1})]
    rows = scheduled(ASSETS.format(schedule=schedule), FIFTH, {"tick": 1}, *steps)
    assert [json.loads(row["consumed"]) for row in rows] == want
    assert {(row["run_type"], row["triggered_by"], row["logical_date"]) for row in rows} <= {
        ("asset_triggered", "asset", "")
    }


def test_updates_between_two_looks_of_the_scheduler_are_one_run() -> None:
    rows = scheduled(ASSETS.format(schedule="[A]"), FIFTH, {"tick": 1}, {"asset": "A"}, {"asset": "A"}, {"tick": 3})
    assert [row["run_type"] for row in rows] == ["asset_triggered"]


def test_an_asset_or_the_clock() -> None:
    schedule = 'AssetOrTimeSchedule(timetable=CronTriggerTimetable("@daily", timezone="UTC"), assets=[A])'
    rows = scheduled(ASSETS.format(schedule=schedule), FIFTH, {"tick": 2}, {"asset": "A"}, {"tick": 2})
    assert [row["run_type"] for row in rows] == ["scheduled", "asset_triggered"]


# -- files that cannot be imported

ERRORS = {
    "schedule_interval is gone": ('with DAG("d", schedule_interval="@daily"):\n    pass\n', "schedule_interval"),
    "the old place of operators": (
        "from airflow.operators.python_operator import PythonOperator\n",
        "ModuleNotFoundError",
    ),
    "days_ago is gone": ("from airflow.utils.dates import days_ago\n", "ImportError"),
    "a cycle": (
        'with DAG("d", schedule=None):\n    a, b = EmptyOperator(task_id="a"), EmptyOperator(task_id="b")\n    a >> b >> a\n',
        "ycle",
    ),
    "two tasks of one id": (
        'with DAG("d", schedule=None):\n    EmptyOperator(task_id="a")\n    EmptyOperator(task_id="a")\n',
        "DuplicateTaskId",
    ),
    "no such cron": ('with DAG("d", schedule="0 25 * * *"):\n    EmptyOperator(task_id="a")\n', "not acceptable"),
    "provide_context": (
        "from airflow.providers.standard.operators.python import PythonOperator\nwith DAG('d', schedule=None):\n    PythonOperator(task_id='a', python_callable=print, provide_context=True)\n",
        "provide_context",
    ),
    "no Python": ('with DAG("d", schedule=None)\n    pass\n', "SyntaxError"),
    "a param whose default breaks its schema": (
        'with DAG("d", schedule="@daily", params={"n": Param("x", type="integer")}):\n    EmptyOperator(task_id="a")\n',
        "aram",
    ),
    "a network": ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/')\n", "while it is read"),
    "a network, caught": (
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9))\nexcept Exception:\n    pass\n",
        "while it is read",
    ),
    "a database": ("import sqlite3\nsqlite3.connect('airflow.db')\n", "opens a database"),
    "a program": ("import subprocess\nsubprocess.run(['true'])\n", "starts a program"),
    "an end of the process": ("import os\nos._exit(0)\n", ""),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_file_that_cannot_be_imported_says_why(name: str) -> None:
    source, words = ERRORS[name]
    file = read(source)
    assert words in "\n".join(file["errors"]) if words else file["ended"]


def test_a_decorated_dag_that_is_never_called_is_no_dag_and_no_error() -> None:
    file = read("@dag(schedule=None)\ndef never():\n    EmptyOperator(task_id='a')\n")
    assert (file["errors"], file["dags"]) == ([], {})


# -- runs

RUN = """
def out(text):
    print(f"<{text}>")

with DAG("retries", schedule=None):
    @task(retries=2, retry_delay=timedelta(hours=8), on_retry_callback=lambda context: out("retry"), on_failure_callback=lambda context: out("failure"))
    def third():
        if get_current_context()["ti"].try_number < 3: raise ValueError("again")
    @task(retries=1, retry_delay=timedelta(hours=8), on_retry_callback=lambda context: out("retry"), on_failure_callback=lambda context: out("failure"))
    def never(): raise ValueError("never")
    @task(retries=5)
    def at_once(): raise AirflowFailException("bad data")
    [third(), never(), at_once()]

with DAG("green", schedule=None):
    @task
    def work(): raise AirflowFailException("x")
    work() >> EmptyOperator(task_id="clean", trigger_rule="all_done")

with DAG("teardown", schedule=None):
    @setup
    def make(): out("make")
    @task
    def use(): raise AirflowFailException("x")
    @teardown
    def drop(): out("drop")
    m, u, d = make(), use(), drop()
    m >> u >> d
    m >> d

with DAG("branch", schedule=None):
    @task.branch
    def choose(): return "left"
    @task.short_circuit
    def gate(): return False
    left, right = EmptyOperator(task_id="left"), EmptyOperator(task_id="right")
    choose() >> [left, right]
    [left, right] >> EmptyOperator(task_id="join")
    [left, right] >> EmptyOperator(task_id="lenient", trigger_rule="none_failed_min_one_success")
    gate() >> EmptyOperator(task_id="below") >> EmptyOperator(task_id="far_below", trigger_rule="all_done")

with DAG("mapped", schedule=None):
    @task
    def numbers(): return [1, 2, 3]
    @task
    def nothing(): return []
    @task
    def double(x):
        if x == 2: raise AirflowSkipException("2")
        return 2 * x
    @task
    def strict(xs): return list(xs)
    @task(trigger_rule="none_failed_min_one_success")
    def total(xs): out(sum(xs))
    doubled = double.expand(x=numbers())
    strict(doubled)
    total(doubled)
    double.override(task_id="none").expand(x=nothing())

with DAG("values", schedule=None, params={"n": 2}):
    @task
    def push(): return {"a": [1]}
    @task
    def pull(value, ds=None, params=None, dag_run=None, ti=None):
        out(f"{value['a']} {ds} {params['n'] + 1} {dag_run.conf} {ti.xcom_pull(task_ids='push', key='no')}")
    pull(push())

with DAG("slow", schedule=None):
    @task(execution_timeout=timedelta(seconds=1))
    def slow():
        import time
        time.sleep(30)
    @task.sensor(poke_interval=0.1, timeout=0.3, mode="poke")
    def late(): return False
    @task.sensor(poke_interval=0.1, timeout=0.3, mode="poke", soft_fail=True)
    def late_and_soft(): return False
    [slow(), late(), late_and_soft()]
"""
RAN: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "retries": (
        "failed",
        {"third": "success", "never": "failed", "at_once": "failed"},
        ["retry", "retry", "retry", "failure"],
    ),
    "green": ("success", {"work": "failed", "clean": "success"}, []),
    "teardown": ("failed", {"make": "success", "use": "failed", "drop": "success"}, ["make", "drop"]),
    "branch": (
        "success",
        {
            "choose": "success",
            "left": "success",
            "right": "skipped",
            "join": "skipped",
            "lenient": "success",
            "gate": "success",
            "below": "skipped",
            "far_below": "skipped",
        },
        [],
    ),
    "mapped": (
        "success",
        {
            "numbers": "success",
            "nothing": "success",
            "double[0]": "success",
            "double[1]": "skipped",
            "double[2]": "success",
            "strict": "skipped",
            "total": "success",
            "none": "skipped",
        },
        ["8"],
    ),
    "values": ("success", {"push": "success", "pull": "success"}, ["[1] 2024-02-29 11 {'n': 10} None"]),
    "slow": ("failed", {"slow": "failed", "late": "failed", "late_and_soft": "skipped"}, []),
}


def printed(report: dict[str, Any]) -> list[str]:
    return [line[1:-1] for line in report["output"].splitlines() if line.startswith("<") and line.endswith(">")]


@pytest.mark.parametrize("name", RAN)
def test_a_run_ends_so(name: str) -> None:
    state, tasks, said = RAN[name]
    how = {"logical_date": "2024-02-29T05:00:00+00:00", "conf": {"n": 10}} if name == "values" else {}
    report = run(RUN, name, **how)
    assert (report["state"], report["tasks"]) == (state, tasks)
    assert sorted(printed(report)) == sorted(said)


def test_a_task_is_tried_again_without_waiting_eight_hours() -> None:
    assert run(RUN, "retries")["tries"] == {"third": 3, "never": 2, "at_once": 1}


AMAZON = """
from airflow.providers.amazon.aws.hooks.athena import AthenaHook
from airflow.providers.amazon.aws.operators.athena import AthenaOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator

with DAG("d", schedule=None):
    job = GlueJobOperator(task_id="job", job_name="job", script_args={"--day": "{{ ds }}"}, deferrable=DEFERRED)
    asked = AthenaOperator(task_id="asked", query="SELECT 7", output_location="s3://lake/answers/", deferrable=DEFERRED)
    @task
    def answer(query):
        print(f"<{AthenaHook().get_query_results(query)['ResultSet']['Rows'][1]}>")
    job >> asked >> answer(asked.output)
"""


@pytest.fixture(scope="module")
def services() -> Iterator[lab.Services]:
    before = dict(os.environ)
    services = lab.start()
    yield services
    services.close()
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("deferred", ["False", "True"])
def test_amazons_operators_work_against_the_lab_and_do_not_sleep_for_half_a_minute(
    services: lab.Services, deferred: str
) -> None:
    services.reset()
    services.seed(s3={"lake": {"job.py": b"print('done')"}})
    glue = services.client("glue")
    command = {"Name": "pythonshell", "ScriptLocation": "s3://lake/job.py", "PythonVersion": "3.9"}
    glue.create_job(Name="job", Role=services.role, Command=command)
    order = {"do": "run", "name": "d.py", "text": HEAD + f"DEFERRED = {deferred}\n" + AMAZON, "dag": "d"}
    report = zygote.ask({**order, "logical_date": "2024-02-29T05:00:00+00:00"}, 29)
    assert report.get("tasks") == {"job": "success", "asked": "success", "answer": "success"}, report
    assert printed(report) == ["{'Data': [{'VarCharValue': '7'}]}"]
    (ran,) = glue.get_job_runs(JobName="job")["JobRuns"]
    assert (ran["JobRunState"], ran["Arguments"]["--day"]) == ("SUCCEEDED", "2024-02-29")


def test_visible_checks_tell_how_many_task_instances_ran_and_hidden_ones_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.py").write_text(HEAD + RUN, encoding="utf-8")
    question = checks.question("ran", checks.Written("d.py"), points=1)
    question.equal("a run", "failed", answer=lambda: question.run_dag("retries").state)
    question.show()
    assert "Airflow ran 3 task instances in 6 tries: each try takes a slot" in capsys.readouterr().out
    question.equal("another", "failed", answer=lambda: question.run_dag("retries").state, hidden=True)
    assert len(question.tries) == 3


# -- what the engine promises of itself


@pytest.mark.parametrize(
    "how", ["DAG.test = made_up", "class DAG(DAG):\n    test = made_up"], ids=["replaced", "a class"]
)
def test_a_run_is_airflows_whatever_the_file_calls_one(how: str) -> None:
    made_up = "class Done:\n    state = 'success'\n    get_task_instances = lambda self: []\ndef made_up(self, **_): return Done()\n"
    raises = 'with DAG("d", schedule=None):\n    @task(retries=0)\n    def fail(): raise ValueError\n    fail()\n'
    done = run(f"{made_up}{how}\n{raises}")
    assert (done["state"], done["tasks"]) == ("failed", {"fail": "failed"})


def test_a_run_without_an_end_is_ended_and_says_what_it_waited_for() -> None:
    source = 'with DAG("d", schedule=None):\n    @task.sensor(poke_interval=60, timeout=3600, mode="reschedule")\n    def wait(): return False\n    wait()\n'
    report = zygote.ask({"do": "run", "name": "d.py", "text": HEAD + source, "dag": "d"}, 4)
    assert (report["stopped"], report["unfinished"]) == (4, [["wait", "up_for_reschedule"]])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process to a processor")
def test_the_time_in_which_a_child_waits_for_a_processor_is_told_from_the_time_in_which_it_sleeps() -> None:
    one = {min(os.sched_getaffinity(0))}
    spins = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], preexec_fn=lambda: os.sched_setaffinity(0, one))
        for _ in range(2)
    ]
    sleeps = subprocess.Popen(["sleep", "600"])
    try:
        for _ in range(600):
            if zygote.kept_waiting(spins[0].pid) > 0.5:
                break
            time.sleep(0.1)
        assert zygote.kept_waiting(spins[0].pid) > 0.5 > zygote.kept_waiting(sleeps.pid)
    finally:
        for each in (*spins, sleeps):
            each.kill()
            each.wait()


def test_every_request_begins_with_a_database_of_its_own() -> None:
    marks = 'from airflow.sdk import DAG, task\nwith DAG("d", schedule=None):\n    @task\n    def mark():\n        import os, sqlite3, pathlib\n        home = pathlib.Path(os.environ["AIRFLOW_HOME"])\n        with sqlite3.connect(home / "airflow.db") as database:\n            print(f"<{[name for (name,) in database.execute(\'select name from sqlite_master\') if name == \'mine\']}>")\n            database.execute("create table mine (a)")\n    mark()\n'
    for _ in range(2):
        report = zygote.ask({"do": "run", "name": "d.py", "text": marks, "dag": "d"}, 60)
        assert (report["state"], printed(report)) == ("success", ["[]"])


@pytest.mark.parametrize("text", ["", "[]", "{", '{"d": 1}', '{"d": {"dag": 1}}'])
def test_what_is_no_serialised_dag_is_refused(text: str) -> None:
    with pytest.raises(engine.QueryRefused):
        engine.answer(text, {"steps": pa.table({"step": ["{}"]})}, name="airflow", kind="script")


def test_a_serialised_dag_of_another_form_fails_in_words() -> None:
    with pytest.raises(engine.QueryFailed, match="cannot read these serialised Dags"):
        engine.answer(
            '{"d": {"__version": 3, "dag": {}}}',
            {"steps": pa.table({"step": ['{"tick": 1}']})},
            name="airflow",
            kind="script",
        )


@pytest.fixture(autouse=True, scope="module")
def _helper() -> Iterator[None]:
    """The helper's process ends with this module."""
    yield
    zygote.close()
