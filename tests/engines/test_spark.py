"""The notebook's Spark session: its settings, what it listens on, what it leaves behind, and that it says nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kernel import execute

pytest.importorskip("pyspark")
pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark session")]

# Looks at a session from inside its process and writes what it saw to a file: nothing else may come out of it.
SESSION = """
import json, os, sys, threading
import psutil, pyarrow
from pyspark.sql import functions
from groundschool.engines.spark import spark

session = spark()
double = functions.udf(lambda number: number * 2, "long")
frame = session.createDataFrame(pyarrow.table({"number": [1, 2, 3]})).select(double("number").alias("twice"))
seen = {"rows": [row.twice for row in frame.collect()], "interpreter": session.range(1).rdd.map(lambda _: sys.executable).first()}
seen["settings"] = {name: session.conf.get(name) for name in json.loads(sys.argv[2])}
seen["again"] = spark() is session
for wrong in (lambda: session.sql("select nothing"), lambda: session.range(1).select("nothing"), lambda: session.sql("select 1/0").collect()):
    try:
        wrong()
    except Exception as error:
        seen.setdefault("raised", []).append(type(error).__name__)
own = psutil.Process()
seen["listens"] = sorted({connection.laddr.ip for process in [own, *own.children(recursive=True)]
    for connection in process.net_connections("inet") if connection.status == psutil.CONN_LISTEN})
json.dump(seen, open(sys.argv[1], "w"))
"""
SETTINGS = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


@dataclass(frozen=True)
class Session:
    """What a process with a session saw, what it printed, and the files it left in its folders."""

    seen: dict[str, Any]
    said: str
    left: list[str]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder, temporary, output = (tmp_path_factory.mktemp(name) for name in ("work", "a temporary folder", "output"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK", "PYSPARK"))}
    environment |= {"TMPDIR": str(temporary), "TZ": "America/New_York", "SPARK_HOME": "/nowhere"}
    command = [sys.executable, "-c", SESSION, str(output / "seen"), json.dumps(list(SETTINGS))]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    left = [path.name for place in (folder, temporary) for path in place.iterdir()]
    written = output / "seen"
    return Session(json.loads(written.read_text()) if written.exists() else {}, done.stdout + done.stderr, left)


def test_a_session_and_its_errors_write_nothing_to_the_cell(session: Session) -> None:
    assert session.said == ""
    assert session.seen["raised"] == ["AnalysisException", "AnalysisException", "ArithmeticException"]


def test_a_session_has_the_settings_of_the_course(session: Session) -> None:
    assert session.seen["settings"] == SETTINGS


def test_python_functions_run_in_the_notebooks_own_interpreter(session: Session) -> None:
    assert session.seen["rows"] == [2, 4, 6]
    assert session.seen["interpreter"] == sys.executable


def test_a_session_listens_on_the_loopback_interface_only(session: Session) -> None:
    assert set(session.seen["listens"]) <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert session.seen["listens"]


def test_a_second_call_gives_the_same_session(session: Session) -> None:
    assert session.seen["again"]


def test_a_session_leaves_no_file_behind(session: Session) -> None:
    assert session.left == []


def test_a_notebook_shows_only_what_its_cells_print(tmp_path: Path) -> None:
    import nbformat

    sources = [
        "from groundschool.checks import spark\nspark = spark()",
        "spark.sql('select nothing')",
        "spark.range(3).select('nothing')",
        "spark.range(3).show()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    execute(notebook, tmp_path)
    start, *wrong, shown = [cell.outputs for cell in notebook.cells]
    assert start == []
    assert [[output.output_type for output in outputs] for outputs in wrong] == [["error"], ["error"]]
    assert [output.get("name") for output in shown] == ["stdout"]
    assert shown[0].text.splitlines()[1].strip("|") == " id"
