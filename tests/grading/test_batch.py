"""A folder of submissions: each exactly once, whatever becomes of the run, and with one result whatever the number of workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from groundschool.course import Course
from groundschool.grading import batch, submission
from groundschool.grading.batch import Batch, Plan
from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine
from tiny_course import DOUBLE, RIGHT, Asked, hand_in, write, write_proven

ANSWERS = {
    "a-right": RIGHT["shift"],
    "b-square": "def double(number):\n    return number**2 if isinstance(number, int) else number",
    "c-blank": DOUBLE.starter,
    "d-raises": "def double(number):\n    raise ValueError(number)",
    "e-dies": "import os\nos._exit(1)",
    "f-right": RIGHT["sum"],
    "g-broken": "def double(number",
}
SCORES = {
    "a-right": 4.0,
    "b-square": 0.8,
    "c-blank": 0.0,
    "d-raises": 0.0,
    "e-dies": 0.0,
    "f-right": 4.0,
    "g-broken": 0.0,
}


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = write_proven(tmp_path)
    for name, answer in ANSWERS.items():
        hand_in(tmp_path / "in", made, "tiny", name, {"double": answer})
    return made


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine("sandbox" if probe.probe() is None else "none", tmp_path_factory.mktemp("data")) as made:
        yield made


def grade(course: Course, engine: Engine, folder: str = "in", **more: Any) -> Batch:
    return batch.grade(course, Plan(course.root / folder, **more), engine, lambda what, done, total: None)


def told(done: Batch) -> str:
    return json.dumps([result.to_json() for result in done.results], sort_keys=True)


def scores(done: Batch) -> dict[str, float]:
    return {result.candidate: result.score for result in done.results}


def count_grading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The candidates whose notebooks are really run from here on."""
    graded: list[str] = []
    really = submission.grade

    def counting(engine: Any, notebook: Any, staged: Any, knowledge: Any, who: Any, *more: Any) -> Any:
        graded.append(who[0])
        return really(engine, notebook, staged, knowledge, who, *more)

    monkeypatch.setattr(submission, "grade", counting)
    return graded


def test_every_submission_has_one_result_in_a_fixed_order(course: Course, engine: Engine) -> None:
    done = grade(course, engine)
    assert list(scores(done)) == sorted(ANSWERS)
    assert scores(done) == SCORES
    outcomes = {result.candidate: result.questions[0].outcome for result in done.results}
    assert outcomes["c-blank"] == "not_attempted"
    assert outcomes["e-dies"] == outcomes["d-raises"] == "crashed"


def test_the_results_do_not_depend_on_the_number_of_workers(course: Course, engine: Engine, tmp_path: Path) -> None:
    found = set()
    for workers in (1, 2, 4):
        again = write_proven(tmp_path / f"with-{workers}")
        (again.root / "in").symlink_to(course.root / "in")
        found.add(told(grade(again, engine, workers=workers)))
    assert len(found) == 1


def test_the_results_do_not_depend_on_the_neighbours(course: Course, engine: Engine, tmp_path: Path) -> None:
    together = {result.candidate: result.to_json() for result in grade(course, engine).results}
    alone = write_proven(tmp_path / "alone")
    hand_in(alone.root / "in", alone, "tiny", "b-square", {"double": ANSWERS["b-square"]})
    (result,) = grade(alone, engine).results
    assert result.to_json() == together["b-square"]


def test_a_question_whose_own_solution_fails_goes_to_a_person_and_stops_no_other(
    tmp_path: Path, engine: Engine
) -> None:
    broken = replace(
        DOUBLE,
        name="triple",
        solution="def triple(number):\n    return 0",
        test=DOUBLE.test.replace("double", "triple"),
    )
    course = write(tmp_path, "tiny", [DOUBLE, broken])
    answers = {"double": RIGHT["shift"], "triple": "def triple(number):\n    return 2 * number"}
    hand_in(tmp_path / "in", course, "tiny", "ada", answers)
    for _ in range(2):  # what a fault did to a result is not remembered
        (result,) = grade(course, engine).results
        double, triple = result.questions
        assert (double.outcome, double.points) == ("passed", 4.0)
        assert (triple.outcome, triple.points) == ("needs_person", 0.0)
        assert "own solution does not pass" in triple.reason
        assert "tiny.ipynb: The solution of 'triple' earns 0 of 4" in triple.checks[0].detail
    source = course.topic("tiny").path
    source.write_text(source.read_text().replace("return 0", "return number + number"))
    assert grade(course, engine).results[0].score == 8.0


CANNOT = {
    "score after": (
        "### BEGIN HIDDEN TESTS\nok = double(2) == 4\n### END HIDDEN TESTS\n4.0 if ok else 0.0",
        4.0,
        "passed",
    ),
    "nothing tested": ("assert double is not None or True", 0.0, "needs_person"),
    "documentation tested": ("assert double.__doc__", 0.0, "needs_person"),
    "tests found by name": ("import doctest\nassert not doctest.testmod().failed", 0.0, "needs_person"),
}


@pytest.mark.parametrize(("test", "points", "outcome"), CANNOT.values(), ids=CANNOT)
def test_a_test_cell_that_cannot_tell_right_from_wrong_here_earns_nobody_points_unseen(
    tmp_path: Path, engine: Engine, test: str, points: float, outcome: str
) -> None:
    solution = "def double(number):\n    'Doubles.'\n    return 2 * number"
    course = write(tmp_path, "tiny", [Asked("double", DOUBLE.starter, solution, test)])
    for name, answer in (("right", solution), ("wrong", "def double(number):\n    return 0")):
        hand_in(tmp_path / "in", course, "tiny", name, {"double": answer})
    found = {result.candidate: result.questions[0] for result in grade(course, engine).results}
    assert (found["right"].outcome, found["right"].points) == (outcome, points)
    assert found["wrong"].points == 0.0


def test_what_nobody_can_read_goes_to_a_person_and_an_empty_folder_does_not(course: Course, engine: Engine) -> None:
    for name in ("p-broken", "q-empty"):
        (course.root / "odd" / name / "tiny").mkdir(parents=True)
    (course.root / "odd" / "p-broken" / "tiny" / "tiny.ipynb").write_text("{not json")
    found = {result.candidate: result for result in grade(course, engine, "odd").results}
    broken, empty = found["p-broken"], found["q-empty"]
    assert [(each.outcome, each.points) for each in broken.questions] == [("needs_person", 0.0)]
    assert broken.flags[0] in broken.questions[0].reason
    assert [each.outcome for each in empty.questions] == ["not_attempted"]


def test_a_file_that_moved_is_graded_again(tmp_path: Path, engine: Engine) -> None:
    course = write_proven(tmp_path)
    answer = "from pathlib import Path\ndef double(number):\n    return number * int(Path('two/two.txt').read_text())"
    hand_in(tmp_path / "in", course, "tiny", "ada", {"double": answer})
    folder = tmp_path / "in" / "ada" / "tiny"
    (folder / "two.txt").write_text("2")
    assert grade(course, engine).results[0].score == 0.0
    (folder / "two").mkdir()
    (folder / "two.txt").rename(folder / "two" / "two.txt")
    assert grade(course, engine).results[0].score == 4.0


def test_what_was_graded_before_is_not_graded_again(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = grade(course, engine)
    graded = count_grading(monkeypatch)
    assert told(grade(course, engine)) == told(first)
    assert graded == []
    notebook = course.root / "in" / "c-blank" / "tiny" / "tiny.ipynb"
    notebook.write_text(notebook.read_text().replace("    ...", "    return number + number"))
    assert scores(grade(course, engine)) == {**SCORES, "c-blank": 4.0}
    assert graded == ["c-blank"]


def test_a_changed_question_is_graded_again(course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    grade(course, engine)
    graded = count_grading(monkeypatch)
    notebook = course.topic("tiny").path
    notebook.write_text(notebook.read_text().replace("t.call(7), 14", "t.call(8), 16"))
    assert scores(grade(course, engine)) == SCORES
    assert sorted(graded) == sorted(ANSWERS)


def test_a_run_that_was_stopped_goes_on_where_it_was(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if (what, done) == ("grading", 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.grade(course, Plan(course.root / "in", workers=1), engine, stop)
    kept = {path.name for path in (course.root / ".groundschool" / "results").glob("*.json")}
    assert len(kept) >= 3
    graded = count_grading(monkeypatch)
    assert scores(grade(course, engine)) == SCORES
    assert len(graded) == len(ANSWERS) - len(kept)


KILLED = """
import os, sys
from pathlib import Path
from groundschool.course import Course
from groundschool.grading import batch
from groundschool.grading.session.engine import Engine

def killing(what, done, total):
    if what == "grading" and done == 2:
        os.kill(os.getpid(), 9)

root = Path(sys.argv[1])
with Engine(sys.argv[2], root / "data") as engine:
    batch.grade(Course(root), batch.Plan(root / "in", workers=2), engine, killing)
"""


def test_a_run_that_was_killed_goes_on_and_nothing_is_half_written(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", KILLED, str(course.root), engine.isolation]
    assert subprocess.run(command, timeout=200, check=False, capture_output=True).returncode == -signal.SIGKILL
    kept = list((course.root / ".groundschool" / "results").glob("*.json"))
    assert len(kept) >= 2
    assert all(submission.kept(path) for path in kept)
    graded = count_grading(monkeypatch)
    assert scores(grade(course, engine)) == SCORES
    assert len(graded) == len(ANSWERS) - len(kept)


def test_a_half_written_result_is_graded_again(course: Course, engine: Engine) -> None:
    first = grade(course, engine)
    for path in (course.root / ".groundschool" / "results").glob("*.json"):
        path.write_text(path.read_text()[:100])
    assert told(grade(course, engine)) == told(first)


def test_submissions_that_cannot_be_read_are_there_once(course: Course, engine: Engine) -> None:
    (course.root / "in" / "h-empty" / "tiny").mkdir(parents=True)
    (course.root / "in" / "i-text" / "tiny").mkdir(parents=True)
    (course.root / "in" / "i-text" / "tiny" / "tiny.ipynb").write_text("{}")
    (course.root / "in" / "j.zip").write_bytes(b"no zip")
    (course.root / "in" / "k.rar").write_bytes(b"Rar!")
    os.mkfifo(course.root / "in" / "a-right" / "tiny" / "pipe")
    done = grade(course, engine)
    assert sorted(scores(done)) == sorted([*ANSWERS, "h-empty", "i-text", "j", "k"])
    flags = {result.candidate: result.flags for result in done.results}
    assert all(flags[name] for name in ("h-empty", "i-text", "j", "k", "a-right"))
    assert scores(done)["a-right"] == 4.0


def test_a_fault_of_the_grader_costs_one_submission_and_goes_to_a_person(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = submission.grade

    def failing(engine: Any, notebook: Any, staged: Any, knowledge: Any, who: Any, *more: Any) -> Any:
        if who[0] == "b-square":
            raise OSError("disk full")
        return really(engine, notebook, staged, knowledge, who, *more)

    monkeypatch.setattr(submission, "grade", failing)
    done = grade(course, engine)
    assert scores(done) == {**SCORES, "b-square": 0.0}
    (verdict,) = next(result.questions for result in done.results if result.candidate == "b-square")
    assert verdict.outcome == "needs_person"
    assert not [
        path for path in (course.root / ".groundschool" / "results").glob("*.json") if "disk full" in path.read_text()
    ]


def test_the_gradebook_holds_every_score_and_keeps_a_persons(course: Course, engine: Engine) -> None:
    from nbgrader.api import Gradebook

    grade(course, engine)
    address = f"sqlite:///{course.root / 'gradebook.db'}"
    with Gradebook(address) as book:
        assert {each.student.id: each.score for each in book.assignment_submissions("tiny")} == SCORES
        book.find_grade("double_tests", "tiny", "tiny", "b-square").manual_score = 3.0
        book.db.commit()
    done = grade(course, engine)
    assert scores(done) == {**SCORES, "b-square": 3.0}
    with Gradebook(address) as book:
        assert {each.student.id: each.score for each in book.assignment_submissions("tiny")} == {
            **SCORES,
            "b-square": 3.0,
        }


def test_a_graded_notebook_is_left_for_nbgrader_with_plain_scores(course: Course, engine: Engine) -> None:
    grade(course, engine)
    notebook = nbformat.read(course.root / "autograded" / "b-square" / "tiny" / "tiny.ipynb", as_version=4)
    nbformat.validate(notebook)
    (test,) = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double_tests"]
    assert [output.data["text/plain"] for output in test.outputs] == ["0.8"]


def test_an_unknown_topic_or_an_empty_folder_is_told(course: Course, engine: Engine) -> None:
    from groundschool.errors import GroundSchoolError

    (course.root / "nothing").mkdir()
    for plan in (Plan(course.root / "in", ("cobol",)), Plan(course.root / "nothing")):
        with pytest.raises(GroundSchoolError):
            batch.grade(course, plan, engine, lambda what, done, total: None)


def test_only_the_topics_asked_for_are_graded(course: Course, engine: Engine) -> None:
    write(course.root, "other", [DOUBLE])
    hand_in(course.root / "in", course, "other", "z-more", {})
    assert {result.topic for result in grade(course, engine).results} == {"tiny", "other"}
    assert {result.topic for result in grade(course, engine, topics=("other",)).results} == {"other"}
