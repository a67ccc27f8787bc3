"""`groundschool decide` and `groundschool export`: what a person chose for waiting answers stands in every view."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from groundschool import cli
from groundschool.checks.verdict import Check, Result, Verdict
from groundschool.course import Course
from groundschool.errors import GroundSchoolError
from groundschool.results import HandIn, Results
from tiny_course import hand_in, write_proven

READ = Check("what the answer says", False, True, found=("doubling",), words=("says", "so"))
WAITS = Verdict("double", 2.0, 4.0, "needs_person", (), (READ,), (), "The answer could be read in two ways.")
NAMES = ("ada", "bob", "cyd")


def waiting(folder: Path) -> Course:
    """A course with the results of three candidates, all of whom wait for a person."""
    made = write_proven(folder)
    results = Results(made.root)
    for name in NAMES:
        path = hand_in(made.root / "in", made, "tiny", name, {"double": f"double = '{name} says so'"})
        result = Result("", "tiny", "sandbox", (), (WAITS,))
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata["groundschool"] = result.to_json()
        results.keep(f"key-{name}", result, notebook)
        results.record(HandIn(name, "tiny", f"work-{name}", f"key-{name}", name=f"{name.title()} King"))
    return made


@pytest.fixture(scope="module")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return waiting(tmp_path_factory.mktemp("course"))


def run(*words: str) -> str:
    done = CliRunner().invoke(cli.app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def queue(course: Course) -> list[dict[str, str]]:
    with (course.root / "reports" / "queue.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, lines: list[dict[str, str]], delimiter: str = ",") -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)
    return str(path)


def test_what_is_decided_stands_on_every_page_and_in_every_table_and_leaves_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = waiting(tmp_path)
    monkeypatch.chdir(course.root)
    run("report")
    lines = queue(course)
    assert [(line["candidate"], line["answer"]) for line in lines] == [(name, f"{name} says so") for name in NAMES]
    assert '<b>3</b><span><a href="queue.html">wait for a person' in (course.root / "reports/summary.html").read_text()
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", course.root.name) as book:
        told = book.find_comment("double", "tiny", "tiny", "cyd").auto_comment
    assert told == "Proposed: 2 of 4. The answer could be read in two ways. Found: doubling, in the words: says so."
    lines[0] |= {"points": "3,5", "comment": "Doubling is named."}
    lines[1] |= {"points": "2"}
    assert "2 answers decided; 1 still waits" in run("decide", write(tmp_path / "decisions.csv", lines, ";"))
    assert [line["candidate"] for line in queue(course)] == ["cyd"]
    with (course.root / "reports/scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["candidate"]: row for row in csv.DictReader(file)}
    assert [(rows[name]["points"], rows[name]["outcome"]) for name in NAMES] == [
        ("3.5", "partial"), ("2.0", "partial"), ("2.0", "needs_person"),
    ]  # fmt: skip
    for page in ("reports/candidates/ada/tiny.html", "feedback/ada/tiny/tiny.html"):
        text = (course.root / page).read_text(encoding="utf-8")
        assert "Points set by a person; graded automatically: 2." in text, page
        assert "Comment: Doubling is named." in text, page
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", course.root.name) as book:
        grades = {name: book.find_grade("double_tests", "tiny", "tiny", name) for name in NAMES}
        assert [(grade.score, grade.needs_manual_grade) for grade in grades.values()] == [
            (3.5, False), (2.0, False), (2.0, True),
        ]  # fmt: skip
        assert book.find_comment("double", "tiny", "tiny", "ada").comment == "Doubling is named."
    run("report")
    assert [line["candidate"] for line in queue(course)] == ["cyd"]
    assert exported_by_nbgrader(course) == {"ada": ("3.5", "4.0"), "bob": ("2.0", "4.0"), "cyd": ("2.0", "4.0")}


def test_a_report_writes_what_has_changed_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = waiting(tmp_path)
    monkeypatch.chdir(course.root)
    run("report")
    first = times(course)
    run("report")
    assert times(course) == first
    (course.root / "feedback/cyd/tiny/tiny.html").write_text("something else")
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", course.root.name) as book:
        book.find_grade("double_tests", "tiny", "tiny", "bob").manual_score = 4.0
        book.find_grade("double_tests", "tiny", "tiny", "ada").needs_manual_grade = False  # the proposal stands
        book.db.commit()
    run("report")
    assert "Ground School" in (course.root / "feedback/cyd/tiny/tiny.html").read_text(encoding="utf-8")
    assert "Points set by a person" in (course.root / "feedback/bob/tiny/tiny.html").read_text(encoding="utf-8")
    assert "let the proposed points stand" in (course.root / "feedback/ada/tiny/tiny.html").read_text(encoding="utf-8")
    assert [line["candidate"] for line in queue(course)] == ["cyd"]
    assert len(times(course)) == 9
    settled = times(course)
    run("report")
    assert times(course) == settled


def times(course: Course) -> dict[str, int]:
    """When each page and notebook was written."""
    found = [
        path for name in ("feedback", "autograded", "reports/candidates") for path in (course.root / name).rglob("*")
    ]
    return {str(path): path.stat().st_mtime_ns for path in found if path.is_file()}


def exported_by_nbgrader(course: Course) -> dict[str, tuple[str, str]]:
    """Score and maximum by candidate in nbgrader's own export."""
    command = [str(Path(sys.executable).parent / "nbgrader"), "export", f"--db=sqlite:///{course.root}/gradebook.db"]
    subprocess.run([*command, f"--CourseDirectory.course_id={course.root.name}"], check=True, capture_output=True)
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["student_id"], row["first_name"], row["last_name"]) for row in rows} == {
        ("ada", "Ada", "King"), ("bob", "Bob", "King"), ("cyd", "Cyd", "King"),
    }  # fmt: skip
    return {row["student_id"]: (row["score"], row["max_score"]) for row in rows}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"points": "5"}, "a number from 0 to 4 was expected"),
        ({"points": "many"}, "a number from 0 to 4 was expected"),
        ({"points": "nan"}, "a number from 0 to 4 was expected"),
        ({"points": "1", "candidate": "nobody"}, "nothing was graded under that name"),
        ({"points": "1", "work": "older"}, "an earlier hand-in of cyd"),
        ({"points": "1", "question": "triple"}, "which tiny does not have"),
        ({"points": ""}, "decides nothing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_whole(
    undecided: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], told: str
) -> None:
    course = undecided
    monkeypatch.chdir(course.root)
    if not (course.root / "reports" / "queue.csv").is_file():
        run("report")
    [line] = [each for each in queue(course) if each["candidate"] == "cyd"]
    good = {**line, "comment": "not entered"} if told != "decides nothing" else line
    path = write(tmp_path / "decisions.csv", [good, line | change])
    with pytest.raises(GroundSchoolError, match=told):
        CliRunner().invoke(cli.app, ["decide", path], catch_exceptions=False)
    assert "cyd" in [each["candidate"] for each in queue(course)]
    assert "not entered" not in (course.root / "reports/candidates/cyd/tiny.html").read_text(encoding="utf-8")


def test_a_file_without_the_columns_is_refused(
    undecided: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(undecided.root)
    path = write(tmp_path / "decisions.csv", [{"candidate": "ada", "points": "1"}])
    with pytest.raises(GroundSchoolError, match="no column topic, work, question"):
        CliRunner().invoke(cli.app, ["decide", path], catch_exceptions=False)


@pytest.mark.parametrize("form", ["canvas", "moodle", "csv"])
def test_scores_are_exported_with_the_command(undecided: Course, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.chdir(undecided.root)
    told = run("export", form, "-o", f"out/{form}.csv")
    assert f"out/{form}.csv" in told
    assert "Cyd" in (undecided.root / "out" / f"{form}.csv").read_text(encoding="utf-8-sig")


def test_another_form_of_export_is_refused(undecided: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(undecided.root)
    with pytest.raises(GroundSchoolError, match="there are canvas, moodle, csv"):
        CliRunner().invoke(cli.app, ["export", "blackboard"], catch_exceptions=False)


def test_what_was_decided_of_short_answers_joins_the_marked_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = waiting(tmp_path)
    beside = course.root / "source/tiny/questions/double"
    beside.mkdir(parents=True, exist_ok=True)
    (beside / "rubric.yaml").write_text(
        "question: Who says so?\nabout: [ada]\nideas: [{topic: who}]\nfull: {all: [who]}\nhalf: {any: [who]}\n", "utf-8"
    )
    (beside / "labelled.jsonl").write_text('{"answer":"Cyd says so.","credit":1.0}', "utf-8")
    monkeypatch.chdir(course.root)
    run("report")
    lines = queue(course)
    chosen = dict(zip(NAMES, ("4", "0", "2"), strict=True))
    run("decide", write(tmp_path / "chosen.csv", [line | {"points": chosen[line["candidate"]]} for line in lines]))
    told = run("rubric", "learn")
    assert "double: 2 added to " in told
    assert "Decided as 0.5, marked before as 1: 'cyd says so'." in told
    added = (beside / "labelled.jsonl").read_text("utf-8").splitlines()
    assert added[1:] == [
        '{"answer":"ada says so","credit":1.0,"set":"decided","ideas":["who"]}',
        '{"answer":"bob says so","credit":0.0,"set":"decided","ideas":[]}',
    ]
    assert "Nothing was added." in run("rubric", "learn", "double")
