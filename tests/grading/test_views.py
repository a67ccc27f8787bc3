"""What is written of results: each view on its own, tried before grading, and whole again by the same command."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from groundschool.course import Course
from groundschool.errors import GroundSchoolError
from groundschool.grading import batch, views
from groundschool.grading.batch import Batch, Plan
from groundschool.grading.session.engine import Engine
from groundschool.pace import Stand
from groundschool.reports import write
from groundschool.results import Results
from tiny_course import RIGHT, hand_in, write_proven

NAMES = ("ada", "bob", "cyd")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine("none", tmp_path_factory.mktemp("data")) as made:
        yield made


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with three hand-ins that cost little: their answers are blank, and each differs from the others."""
    made = write_proven(tmp_path)
    for name in NAMES:
        path = hand_in(tmp_path / "in", made, "tiny", name, {"double": RIGHT["shift"]} if name == "ada" else {})
        (path.parent / "note.txt").write_text(name)
    return made


def grade(course: Course, engine: Engine, progress: Callable[[Stand], None] | None = None, **more: Any) -> Batch:
    plan = Plan(course.root / "in", json=course.root / "out" / "results.json", **more)
    return batch.grade(course, plan, engine, progress or (lambda stand: None))


def everything(course: Course) -> dict[str, list[str]]:
    """The candidates that each view shows."""
    reports = course.root / "reports"
    with (reports / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [line["candidate"] for line in csv.DictReader(file)]
    body = json.loads((course.root / "out" / "results.json").read_text())
    with sqlite3.connect(course.root / "gradebook.db") as book:
        entered = [name for (name,) in book.execute("select candidate from groundschool_shown order by 1")]
    summary = (reports / "summary.html").read_text()
    return {
        "csv": lines,
        "json": [each["candidate"] for each in body["submissions"]],
        "gradebook": entered,
        "summary": [name for name in NAMES if f'href="candidates/{name}/tiny.html"' in summary],
        "reports": sorted(path.parent.name for path in reports.glob("candidates/*/tiny.html")),
        "feedback": sorted(path.parents[1].name for path in (course.root / "feedback").glob("*/tiny/tiny.html")),
        "autograded": sorted(path.parents[1].name for path in (course.root / "autograded").glob("*/tiny/tiny.ipynb")),
    }


VIEWS = ("csv", "json", "gradebook", "summary", "reports", "feedback", "autograded")
WHOLE = {view: list(NAMES) for view in VIEWS}


def test_all_views_show_everybody_and_missing_folders_are_made(course: Course, engine: Engine) -> None:
    assert grade(course, engine).views.failed == {}
    assert everything(course) == WHOLE


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


BROKEN = {
    "reports/scores.csv": (views, "write_csv", {"csv"}),
    "reports/summary.html": (views, "write_summary", {"summary"}),
    "reports/": (write, "instructors", {"reports", "summary"}),
    "feedback/": (write, "candidates", {"feedback"}),
}


@pytest.mark.parametrize(("what", "broken"), BROKEN.items(), ids=BROKEN)
def test_a_view_that_cannot_be_written_costs_no_other_and_the_same_command_writes_it(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch, what: str, broken: tuple[Any, str, set[str]]
) -> None:
    module, name, missing = broken
    monkeypatch.setattr(module, name, full)
    done = grade(course, engine)
    assert done.views.failed == {what: "No space left on device."} or "No space left" in done.views.failed[what]
    assert [result.score for result in done] == [4.0, 0.0, 0.0]
    monkeypatch.undo()
    for file in ("reports/scores.csv", "reports/summary.html"):
        (course.root / file).touch()
    found = everything(course)
    assert {view for view in WHOLE if found[view] != WHOLE[view]} == missing
    assert grade(course, engine).views.failed == {}
    assert everything(course) == WHOLE


def test_a_json_file_that_cannot_be_written_in_the_end_costs_nothing_else(course: Course, engine: Engine) -> None:
    plan = Plan(course.root / "in", json=Path("/dev/full"))
    done = batch.grade(course, plan, engine, lambda stand: None)
    assert list(done.views.failed) == ["/dev/full"]
    assert "No space left" in done.views.failed["/dev/full"]
    assert len(list((course.root / "reports").glob("candidates/*/tiny.html"))) == 3


def test_a_gradebook_on_a_full_disk_is_told_in_one_sentence(
    course: Course, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    grade(course, engine)
    shutil.rmtree(course.root / ".groundschool" / "results")
    with sqlite3.connect(course.root / "gradebook.db") as book:
        book.execute("delete from student")
        book.execute(
            "create trigger full before insert on student begin select raise(abort, 'database or disk is full'); end"
        )
    done = grade(course, engine)
    assert done.views.failed == {"the gradebook": "database or disk is full."}
    assert "Rolling back" not in caplog.text


def test_a_gradebook_that_is_lost_meanwhile_costs_nothing_else_and_is_filled_the_next_time(
    course: Course, engine: Engine
) -> None:
    url = f"sqlite:///{course.root / 'gradebook.db'}?timeout=0.1"
    locked: list[sqlite3.Connection] = []

    def lock(stand: Stand) -> None:
        if stand.what == "grading" and not locked:
            locked.append(sqlite3.connect(course.root / "gradebook.db"))
            locked[0].execute("begin exclusive")

    done = grade(course, engine, lock, database=url, workers=1)
    assert done.views.failed == {"the gradebook": "database is locked."}
    assert [result.score for result in done] == [4.0, 0.0, 0.0]
    locked[0].close()
    found = everything(course)
    assert {view for view in WHOLE if found[view] != WHOLE[view]} == {"gradebook"}
    assert grade(course, engine, database=url).views.failed == {}
    assert everything(course) == WHOLE


def test_a_gradebook_that_is_free_again_before_the_end_is_filled_in_the_same_run(
    course: Course, engine: Engine
) -> None:
    url = f"sqlite:///{course.root / 'gradebook.db'}?timeout=0.1"
    locked: list[sqlite3.Connection] = []

    def lock(stand: Stand) -> None:
        if stand.what == "grading" and stand.done == 1:
            locked.append(sqlite3.connect(course.root / "gradebook.db"))
            locked[0].execute("begin exclusive")
        elif stand.done == stand.total:
            locked[0].close()

    assert grade(course, engine, lock, database=url, workers=1).views.failed == {}
    assert everything(course) == WHOLE


def test_what_cannot_be_remembered_counts_in_this_run(course: Course, engine: Engine) -> None:
    (course.root / ".groundschool").mkdir()
    for name in ("results", "hand-ins", "knowledge"):
        (course.root / ".groundschool" / name).write_text("in the way")
    done = grade(course, engine)
    assert [result.score for result in done] == [4.0, 0.0, 0.0]
    assert done.views.results.lost
    assert everything(course) == WHOLE
    for name in ("results", "hand-ins", "knowledge"):
        (course.root / ".groundschool" / name).unlink()
    assert not grade(course, engine).views.results.lost
    assert len(Results(course.root).hand_ins()) == 3


def in_the_way(course: Course, name: str) -> None:
    (course.root / name).write_text("in the way")


REFUSED: dict[str, tuple[Callable[[Course], dict[str, Any]], str]] = {
    "json is a folder": (lambda course: {"json": course.root}, "cannot be written"),
    "json below a file": (lambda course: {"json": course.root / "nbgrader_config.py" / "a.json"}, "cannot be written"),
    "no such database": (lambda course: {"database": "sqlite:////no/such/folder/book.db"}, "unable to open database file"),
    "no database at all": (lambda course: {"database": "carrier pigeon"}, "The gradebook cannot be used"),
    "no such driver": (lambda course: {"database": "oracle://nowhere/book"}, "The gradebook cannot be used"),
    "reports is a file": (lambda course: in_the_way(course, "reports") or {}, "reports cannot be written"),
    "feedback is a file": (lambda course: in_the_way(course, "feedback") or {}, "feedback cannot be written"),
    "autograded is a file": (lambda course: in_the_way(course, "autograded") or {}, "autograded cannot be written"),
    "the gradebook is no database": (lambda course: in_the_way(course, "gradebook.db") or {}, "file is not a database"),
}  # fmt: skip


@pytest.mark.parametrize(("prepare", "told"), REFUSED.values(), ids=REFUSED)
def test_a_target_that_cannot_be_written_is_told_before_anything_is_graded(
    course: Course, engine: Engine, prepare: Callable[[Course], dict[str, Any]], told: str
) -> None:
    happened: list[str] = []
    plan = Plan(course.root / "in", **prepare(course))
    with pytest.raises(GroundSchoolError, match=told) as refused:
        batch.grade(course, plan, engine, lambda stand: happened.append(stand.what))
    assert len(str(refused.value).splitlines()) == 1
    assert happened == []
    assert Results(course.root).hand_ins() == []


def test_a_json_file_that_was_only_tried_is_not_left(course: Course, engine: Engine) -> None:
    plan = Plan(course.root / "in", database="sqlite:////no/such/folder/book.db", json=course.root / "results.json")
    with pytest.raises(GroundSchoolError):
        batch.grade(course, plan, engine, lambda stand: None)
    assert not plan.json or not plan.json.exists()


def test_all_views_can_be_written_again_from_the_results(course: Course, engine: Engine) -> None:
    grade(course, engine)
    for path in [*(course.root / "reports").rglob("*.html"), *(course.root / "feedback").rglob("*.html")]:
        path.unlink()
    (course.root / "gradebook.db").unlink()
    (course.root / "reports" / "scores.csv").unlink()
    done = views.rewrite(course)
    assert done.failed == {}
    assert [shown.result.candidate for shown in done] == list(NAMES)
    assert everything(course) == WHOLE
