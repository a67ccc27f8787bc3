"""A folder of submissions: each exactly once, whatever becomes of the run, and with one result whatever the number of workers."""

from __future__ import annotations

import csv
import gc
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from groundschool import fixtures
from groundschool.checks.verdict import Result
from groundschool.course import Course
from groundschool.errors import GroundSchoolError
from groundschool.grading import batch, submission
from groundschool.grading.batch import Batch, Plan
from groundschool.grading.box import probe
from groundschool.grading.handin.stage import Staged, stage
from groundschool.grading.rehearsal import lesson as lessons
from groundschool.grading.rehearsal.lesson import Lesson
from groundschool.grading.session.engine import Engine
from groundschool.pace import Stand
from groundschool.results import HandIn, Results
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
    return batch.grade(course, Plan(course.root / folder, **more), engine, lambda stand: None)


def told(done: Batch) -> str:
    return json.dumps([result.to_json() for result in done.results], sort_keys=True)


def scores(done: Batch) -> dict[str, float]:
    return {result.candidate: result.score for result in done.results}


def whose(staged: Staged) -> str:
    """The candidate in whose folder something was staged."""
    return staged.notebook.parent.parent.name


def kept_in(course: Course) -> list[Path]:
    """The files of results that are kept."""
    return list((course.root / ".groundschool" / "results").glob("*/result.json"))


def count_grading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The candidates whose notebooks are really run from here on."""
    graded: list[str] = []
    really = submission.grade

    def counting(engine: Any, notebook: Any, staged: Any, *more: Any, **named: Any) -> Any:
        graded.append(whose(staged))
        return really(engine, notebook, staged, *more, **named)

    monkeypatch.setattr(submission, "grade", counting)
    return graded


def failing_for(candidate: str, really: Any) -> Any:
    """Grading that raises for one candidate."""

    def grading(engine: Any, notebook: Any, staged: Any, *more: Any, **named: Any) -> Any:
        if whose(staged) == candidate:
            raise OSError("disk full")
        return really(engine, notebook, staged, *more, **named)

    return grading


def test_every_submission_has_one_result_in_a_fixed_order(course: Course, engine: Engine) -> None:
    done = grade(course, engine)
    assert list(scores(done)) == sorted(ANSWERS)
    assert scores(done) == SCORES
    outcomes = {result.candidate: result.questions[0].outcome for result in done.results}
    assert outcomes["c-blank"] == "not_attempted"
    assert outcomes["e-dies"] == outcomes["d-raises"] == "crashed"


def test_a_question_that_changed_since_its_release_is_told_once_for_all(course: Course, engine: Engine) -> None:
    notebooks = sorted((course.root / "in").rglob("*.ipynb"))[:2]
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        cell = next(each for each in notebook.cells if each.metadata.get("nbgrader", {}).get("grade"))
        cell.source = "t = checks.question('double', double, points=3)"
        cell.metadata["nbgrader"]["points"] = 3
        cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)
        nbformat.write(notebook, path)
    done = grade(course, engine)
    assert done.notes == (
        "The question double of tiny has changed since the release of 2 hand-ins: its present test cell and points were used.",
    )
    assert not any("double" in flag for result in done for flag in result.flags)
    assert grade(course, engine).notes == done.notes


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


def test_what_nobody_can_read_and_an_empty_folder_go_to_a_person(course: Course, engine: Engine) -> None:
    for name in ("p-broken", "q-empty"):
        (course.root / "odd" / name / "tiny").mkdir(parents=True)
    (course.root / "odd" / "p-broken" / "tiny" / "tiny.ipynb").write_text("{not json")
    found = {result.candidate: result for result in grade(course, engine, "odd").results}
    broken, empty = found["p-broken"], found["q-empty"]
    assert [(each.outcome, each.points) for each in broken.questions] == [("needs_person", 0.0)]
    assert broken.flags[0] in broken.questions[0].reason
    assert [(each.outcome, each.points) for each in empty.questions] == [("needs_person", 0.0)]
    assert "nothing was found, a Jupyter notebook (.ipynb) was expected" in empty.questions[0].reason


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
    notebook.write_text(notebook.read_text().replace("14, answer=lambda: t.call(7)", "16, answer=lambda: t.call(8)"))
    assert scores(grade(course, engine)) == SCORES
    assert sorted(graded) == sorted(ANSWERS)


def test_a_run_that_was_stopped_goes_on_where_it_was(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(stand: Stand) -> None:
        if (stand.what, stand.done) == ("grading", 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.grade(course, Plan(course.root / "in", workers=1), engine, stop)
    kept = kept_in(course)
    assert len(kept) >= 3
    graded = count_grading(monkeypatch)
    assert scores(grade(course, engine)) == SCORES
    assert len(graded) == len(ANSWERS) - len(kept)


def test_what_is_under_way_when_a_run_is_stopped_ends_without_a_verdict(course: Course, engine: Engine) -> None:
    late = f"import time\ntime.sleep(50)\n{RIGHT['shift']}"
    for name, answer in (("early", RIGHT["shift"]), ("a-late-one", late)):
        hand_in(course.root / "two", course, "tiny", name, {"double": answer})

    def stop(stand: Stand) -> None:
        if (stand.what, stand.done) == ("grading", 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.grade(course, Plan(course.root / "two", workers=2), engine, stop)
    assert [each.candidate for each in Results(course.written).hand_ins()] == ["early"]
    assert len(kept_in(course)) == 1


KILLED = """
import os, sys
from pathlib import Path
from groundschool.course import Course
from groundschool.grading import batch
from groundschool.grading.session.engine import Engine

def killing(stand):
    if stand.what == "grading" and stand.done == 2:
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
    kept = kept_in(course)
    assert len(kept) >= 2
    assert all(Results(course.root).load(path.parent.name) for path in kept)
    pages = {path.parent.name for path in (course.root / "reports").glob("candidates/*/tiny.html")}
    assert len(pages) >= 2
    assert pages == {path.parents[1].name for path in (course.root / "feedback").glob("*/tiny/tiny.html")}
    assert (course.root / "reports" / "summary.html").is_file()
    graded = count_grading(monkeypatch)
    assert scores(grade(course, engine)) == SCORES
    assert len(graded) == len(ANSWERS) - len(kept)


def test_a_half_written_result_is_graded_again(course: Course, engine: Engine) -> None:
    first = grade(course, engine)
    for path in kept_in(course):
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
    monkeypatch.setattr(submission, "grade", failing_for("b-square", submission.grade))
    done = grade(course, engine)
    assert scores(done) == {**SCORES, "b-square": 0.0}
    (verdict,) = next(result.questions for result in done.results if result.candidate == "b-square")
    assert verdict.outcome == "needs_person"
    again = grade(course, engine)  # what a fault did to a result is not remembered
    assert scores(again)["b-square"] == 0.0
    monkeypatch.undo()
    assert scores(grade(course, engine)) == SCORES
    assert [each.candidate for each in Results(course.root).hand_ins()] == sorted(ANSWERS)


def test_a_private_seed_is_said_of_what_could_not_be_graded_too(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (course.root / "private").mkdir()
    (course.root / "private" / "seed").write_text("4711")
    write(course.root, "other", [DOUBLE])
    (course.root / "in" / "of-no-topic.rar").write_bytes(b"Rar!")
    monkeypatch.setattr(submission, "grade", failing_for("b-square", submission.grade))
    done = grade(course, engine)
    assert {result.topic for result in done.results} == {"tiny", "unknown"}
    assert [result.candidate for result in done.results if result.practice_seed] == []


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
            batch.grade(course, plan, engine, lambda stand: None)


def test_only_the_topics_asked_for_are_graded(course: Course, engine: Engine) -> None:
    write(course.root, "other", [DOUBLE])
    hand_in(course.root / "in", course, "other", "z-more", {})
    assert {result.topic for result in grade(course, engine).results} == {"tiny", "other"}
    assert {result.topic for result in grade(course, engine, topics=("other",)).results} == {"other"}


# -- one result, and views of it


def rows(course: Course) -> list[tuple[str, str, str]]:
    """Candidate, points and hand-in of each line of the CSV file."""
    with (course.root / "reports" / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        return [(line["candidate"], line["points"], line["hand_in"]) for line in csv.DictReader(file)]


def give(course: Course, candidate: str, score: float | None, comment: str | None = None) -> None:
    """What the formgrader does when a person enters a score."""
    with gradebook_of(course) as book:
        grade = book.find_grade("double_tests", "tiny", "tiny", candidate)
        grade.manual_score, grade.needs_manual_grade = score, False
        book.find_comment("double", "tiny", "tiny", candidate).manual_comment = comment
        book.db.commit()


def in_the_gradebook(course: Course, candidate: str) -> tuple[float, bool]:
    """The score, and whether the grade waits for a person."""
    with gradebook_of(course) as book:
        grade = book.find_grade("double_tests", "tiny", "tiny", candidate)
        return grade.score, grade.needs_manual_grade


def gradebook_of(course: Course) -> Any:
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{course.root / 'gradebook.db'}")


def test_a_second_run_over_others_drops_nobody(course: Course, engine: Engine) -> None:
    grade(course, engine)
    hand_in(course.root / "more", course, "tiny", "zoe", {"double": RIGHT["shift"]})
    assert scores(grade(course, engine, "more")) == {"zoe": 4.0}
    assert [name for name, *_ in rows(course)] == sorted([*ANSWERS, "zoe"])
    summary = (course.root / "reports" / "summary.html").read_text()
    assert all(f'href="candidates/{name}/tiny.html"' in summary for name in [*ANSWERS, "zoe"])


def test_equal_names_in_two_cohorts_are_two_rows_each_with_its_own_page(course: Course, engine: Engine) -> None:
    hand_in(course.root / "monday", course, "tiny", "ada", {"double": RIGHT["shift"]})
    hand_in(course.root / "tuesday", course, "tiny", "ada", {"double": ANSWERS["b-square"]})
    assert scores(grade(course, engine, "monday")) == {"ada": 4.0}
    assert scores(grade(course, engine, "tuesday")) == {"ada": 0.8}
    assert rows(course) == [("ada", "0.8", "newest"), ("ada", "4.0", "earlier")]
    pages = sorted((course.root / "reports" / "candidates" / "ada").iterdir())
    assert len(pages) == 2
    summary = (course.root / "reports" / "summary.html").read_text()
    assert all(f'href="candidates/ada/{page.name}"' in summary for page in pages)
    assert scores(grade(course, engine, "monday")) == {"ada": 4.0}
    noted = nbformat.read(course.root / "autograded" / "ada" / "tiny" / "tiny.ipynb", as_version=4)
    assert noted.metadata["groundschool"]["score"] == 4.0
    assert noted.metadata["groundschool"]["key"] in {path.parent.name for path in kept_in(course)}


def test_equal_work_is_graded_once_whosever_it_is(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(course.root / "one", course, "tiny", "ada", {"double": RIGHT["lambda"]})
    hand_in(course.root / "two", course, "tiny", "bob", {"double": RIGHT["lambda"]})
    grade(course, engine, "one")
    graded = count_grading(monkeypatch)
    assert scores(grade(course, engine, "two")) == {"bob": 4.0}
    assert graded == []


def test_a_score_belongs_to_the_hand_in_it_was_given_for(course: Course, engine: Engine) -> None:
    for folder, answer in (("first", ANSWERS["b-square"]), ("second", RIGHT["shift"])):
        hand_in(course.root / folder, course, "tiny", "zoe", {"double": answer})
    grade(course, engine, "first")
    give(course, "zoe", 1.5, "Texts, too?")
    (verdict,) = grade(course, engine, "first").results[0].questions
    assert (verdict.points, verdict.outcome) == (1.5, "partial")
    assert "graded automatically: 0.8" in verdict.reason
    assert "Comment: Texts, too?" in verdict.notes
    assert in_the_gradebook(course, "zoe") == (1.5, False)

    (verdict,) = grade(course, engine, "second").results[0].questions
    assert (verdict.points, verdict.outcome) == (4.0, "needs_person")
    assert "A person gave 1.5 of 4 to an earlier hand-in; this one earns 4 of 4 automatically." in verdict.reason
    assert in_the_gradebook(course, "zoe") == (4.0, True)
    assert rows(course) == [("zoe", "4.0", "newest"), ("zoe", "1.5", "earlier")]
    for page in ("feedback/zoe/tiny/tiny.html", "reports/candidates/zoe/tiny.html"):
        assert "A person gave 1.5 of 4 to an earlier hand-in" in (course.root / page).read_text()
    with gradebook_of(course) as book:
        assert "1.5 of 4" in book.find_comment("double", "tiny", "tiny", "zoe").comment

    give(course, "zoe", 3.0)
    (verdict,) = grade(course, engine, "second").results[0].questions
    assert (verdict.points, verdict.outcome) == (3.0, "partial")
    assert in_the_gradebook(course, "zoe") == (3.0, False)
    (verdict,) = grade(course, engine, "first").results[0].questions
    assert verdict.points == 1.5  # what was given for it comes back with it
    assert in_the_gradebook(course, "zoe") == (1.5, False)
    assert rows(course) == [("zoe", "1.5", "newest"), ("zoe", "3.0", "earlier")]


def test_what_a_person_lets_stand_leaves_the_queue(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    course.topic("tiny").path.write_text(
        course.topic("tiny").path.read_text().replace("return number + number", "return 0")
    )
    hand_in(course.root / "one", course, "tiny", "ada", {"double": RIGHT["lambda"]})
    for _ in range(2):
        assert grade(course, engine, "one").results[0].questions[0].outcome == "needs_person"
        assert in_the_gradebook(course, "ada") == (0.0, True)
    give(course, "ada", None)
    (verdict,) = grade(course, engine, "one").results[0].questions
    assert (verdict.points, verdict.outcome) == (0.0, "failed")
    assert verdict.reason.startswith("A person let the proposed points stand.")
    assert in_the_gradebook(course, "ada") == (0.0, False)


def test_memory_stays_flat_whatever_the_number_of_submissions(course: Course, engine: Engine) -> None:
    for number in range(120):
        path = hand_in(course.root / "many", course, "tiny", f"c{number:03}", {})
        (path.parent / "note.txt").write_text(f"note {number}")
    kinds = (Result, submission.Graded)
    gc.collect()
    before = [held(kind) for kind in kinds]  # by other tests of this process
    most = [0, 0]

    def count(stand: Stand) -> None:
        if stand.done % 10 == 0:
            most[:] = [max(so_far, held(kind)) for so_far, kind in zip(most, kinds, strict=True)]

    done = batch.grade(course, Plan(course.root / "many", workers=2), engine, count)
    count(Stand("written", 0, 0))
    assert sum(1 for _ in done) == 120
    assert len(rows(course)) == 120
    assert max(now - then for now, then in zip(most, before, strict=True)) <= 12


def held(kind: type) -> int:
    """How many objects of a kind there are in this process."""
    return sum(type(each) is kind for each in gc.get_objects())


IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from groundschool.grading.session.engine import Engine
from groundschool.grading.submission import Job, perform

job = Job.from_json(sys.stdin.read())
with Engine(job.isolation, Path(job.course) / "data") as engine:
    print(perform(job, engine).result.to_json()["score"])
"""


def test_a_job_is_plain_data_and_is_done_in_any_process(course: Course, engine: Engine, tmp_path: Path) -> None:
    lesson = lessons.learned(engine, lessons.prepare(course.topic("tiny"), fixtures.PRACTICE_SEED, engine.isolation))
    jobs = {}
    for name in ("b-square", "f-right", "c-blank"):
        staged = stage(course.root / "in" / name / "tiny", course.topic("tiny").released, tmp_path / "staged" / name)
        jobs[name] = submission.job(course, lesson, staged, engine.isolation)
    assert len({job.key for job in jobs.values()}) == 3
    assert all(submission.Job.from_json(job.to_json()) == job for job in jobs.values())
    assert all(pickle.loads(pickle.dumps(job)) == job for job in jobs.values())
    done = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS], input=jobs["b-square"].to_json(), capture_output=True, text=True, timeout=200, check=True
    )  # fmt: skip
    assert float(done.stdout) == SCORES["b-square"]


def test_a_job_of_another_course_is_refused(course: Course, engine: Engine, tmp_path: Path) -> None:
    lesson = lessons.learned(engine, lessons.prepare(course.topic("tiny"), fixtures.PRACTICE_SEED, engine.isolation))
    staged = stage(course.root / "in" / "f-right" / "tiny", course.topic("tiny").released, tmp_path / "staged")
    made = submission.job(course, lesson, staged, engine.isolation)
    path = course.topic("tiny").path
    path.write_text(path.read_text().replace("14, answer=lambda: t.call(7)", "16, answer=lambda: t.call(8)"))
    with pytest.raises(submission.StaleJob):
        submission.perform(made, engine)


def test_where_a_submission_lies_is_not_part_of_its_result(course: Course, engine: Engine, tmp_path: Path) -> None:
    lesson = lessons.learned(engine, lessons.prepare(course.topic("tiny"), fixtures.PRACTICE_SEED, engine.isolation))
    keys = set()
    for number in range(2):
        folder = tmp_path / f"place-{number}"
        shutil.copytree(course.root / "in" / "f-right" / "tiny", folder)
        staged = stage(folder, course.topic("tiny").released, tmp_path / f"staged-{number}")
        keys.add(submission.job(course, lesson, staged, engine.isolation).key)
    assert len(keys) == 1


def test_a_topic_is_graded_as_soon_as_it_is_known(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(course.root, "other", [DOUBLE])
    hand_in(course.root / "in", course, "other", "z-more", {"double": RIGHT["shift"]})
    happened: list[str] = []
    really = Lesson.learn

    def learning(self: Lesson, *arguments: Any) -> None:
        happened.append(f"learn {self.topic.name}")
        really(self, *arguments)

    monkeypatch.setattr(Lesson, "learn", learning)
    batch.grade(course, Plan(course.root / "in", workers=1), engine, lambda stand: happened.append(stand.what))
    assert happened.index("grading") > happened.index("learn other")
    grade(course, engine)
    assert happened.count("learn tiny") == happened.count("learn other") == 1


def test_two_submissions_of_one_person_are_never_graded_at_the_same_time_and_others_fill_the_gaps(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"one": ("ada", "Ada", "bea", "cleo"), "two": ("ada", "bea"), "three": ("ada",)}
    for topic, names in given.items():
        texts = (DOUBLE.starter, DOUBLE.solution, DOUBLE.test)
        asked = Asked(topic, *(text.replace("double", topic) for text in texts))
        course = write(tmp_path, topic, [asked])
        for name in names:
            hand_in(tmp_path / "in", course, topic, name, {topic: asked.solution})
    started, at_work, met = list[str](), list[str](), list[str]()
    lock, two = threading.Lock(), threading.Barrier(2, timeout=120)

    def watched(engine: Any, notebook: Any, staged: Any, knowledge: Any, topic: str, **more: Any) -> submission.Graded:
        person = whose(staged).casefold().removesuffix("-2")
        with lock:
            met.extend([person] if person in at_work else [])
            at_work.append(person)
            started.append(person)
            is_early = len(started) <= 2
        if is_early:
            two.wait()  # the second worker has another person's meanwhile
        with lock:
            at_work.remove(person)
        result = Result("", topic, engine.isolation, (), submission.for_a_person(notebook, "Looked at alone."))
        return submission.Graded(result, nbformat.v4.new_notebook())

    monkeypatch.setattr(submission, "grade", watched)
    monkeypatch.setattr(Lesson, "units", lambda lesson: [])
    monkeypatch.setattr(Lesson, "is_known", True)
    done = batch.grade(Course(tmp_path), Plan(tmp_path / "in", workers=2), engine, lambda *_: None)
    assert len(done.results) == len(started) == 7
    assert met == []
    assert not two.broken


@pytest.mark.parametrize(
    ("first", "second"), [("asked", "(asked)"), ("O'Brien", "O Brien"), ("wei", "wei?"), ("zoë!", "zoë")]
)
def test_a_later_run_gives_nobody_the_name_of_another(course: Course, engine: Engine, first: str, second: str) -> None:
    hand_in(course.root / "monday", course, "tiny", first, {"double": RIGHT["shift"]})
    hand_in(course.root / "tuesday", course, "tiny", second, {"double": ANSWERS["g-broken"]})
    (one,) = grade(course, engine, "monday").results
    (other,) = grade(course, engine, "tuesday").results
    assert (other.candidate, other.score) == (f"{one.candidate}-2", 0.0)
    assert any(f"is listed as {other.candidate}, since another is called" in flag for flag in other.flags)
    assert rows(course) == [(one.candidate, "4.0", "newest"), (other.candidate, "0.0", "newest")]
    assert in_the_gradebook(course, one.candidate)[0] == 4.0
    pages = course.root / "reports" / "candidates"
    assert len([path for path in pages.iterdir() if path.is_dir()]) == 2
    for folder, expected in (("tuesday", other), ("monday", one)):
        (again,) = grade(course, engine, folder).results
        assert (again.candidate, again.score) == (expected.candidate, expected.score)


def test_a_person_keeps_the_name_in_every_run_however_it_is_written(course: Course, engine: Engine) -> None:
    for folder, name in (("monday", "Zoë B"), ("tuesday", "ZOË B"), ("friday", "Zoe\u0308 B")):
        hand_in(course.root / folder, course, "tiny", name, {"double": RIGHT["shift"]})
        (result,) = grade(course, engine, folder).results
        assert (result.candidate, result.flags) == ("Zoë-B", ())


@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
@pytest.mark.parametrize("own", ["mallory", "Kim Lee"])
def test_what_is_called_as_a_person_decides_nothing_about_others(
    course: Course, engine: Engine, packed: bool, own: str
) -> None:
    hand_in(course.root / "first", course, "tiny", "alice", {"double": RIGHT["shift"]})
    grade(course, engine, "first")
    for name in ("alice", own):
        hand_in(course.root / own, course, "tiny", name, {"double": ANSWERS["g-broken"]})
    source = own
    if packed:
        source = shutil.make_archive(str(course.root / own), "zip", course.root / own)
    done = grade(course, engine, source)
    assert sorted(result.name for result in done.results) == sorted([f"{own}/alice", f"{own}/{own}"])
    assert all("several people's work" in result.flags[0] for result in done.results)
    assert ("alice", "4.0", "newest") in rows(course)
    assert in_the_gradebook(course, "alice")[0] == 4.0


def test_the_zip_of_somebody_known_is_theirs_also_where_they_are_not_in_it(course: Course, engine: Engine) -> None:
    for name in ("alice", "bob", "mallory"):
        hand_in(course.root / "first", course, "tiny", name, {"double": RIGHT["shift"]})
    grade(course, engine, "first")
    for name in ("alice", "bob"):
        hand_in(course.root / "packed", course, "tiny", name, {"double": ANSWERS["g-broken"]})
    shutil.make_archive(str(course.root / "Mallory"), "zip", course.root / "packed")
    grade(course, engine, "Mallory.zip")
    assert [row for row in rows(course) if row[0] in ("alice", "bob")] == [
        ("alice", "4.0", "newest"),
        ("bob", "4.0", "newest"),
    ]


@pytest.mark.parametrize("packed", [True, False], ids=["zip", "folder"])
def test_a_hand_in_from_another_source_that_counts_in_place_of_an_earlier_one_is_told(
    course: Course, engine: Engine, packed: bool
) -> None:
    for name in ("alice", "bob"):
        hand_in(course.root / "monday" / "in", course, "tiny", name, {"double": RIGHT["shift"]})
    assert grade(course, engine, "monday/in").notes == ()
    hand_in(course.root / "evil" / "in", course, "tiny", "alice", {"double": ANSWERS["g-broken"]})
    hand_in(course.root / "evil" / "in", course, "tiny", "bob", {"double": RIGHT["shift"]})
    hand_in(course.root / "evil" / "in", course, "tiny", "eve", {"double": RIGHT["shift"]})
    source = "evil/in"
    if packed:
        source = Path(shutil.make_archive(str(course.root / "evil"), "zip", course.root / "evil")).name
    called = "evil.zip" if packed else "evil/in"
    done = grade(course, engine, source)
    earlier = "in" if packed else "monday/in"
    told = f'found in "{called}", in place of an earlier one found in "{earlier}"'
    assert done.notes == (f"Of alice (1) what counts now was {told}. Grade that again where the earlier is to count.",)
    flags = {result.candidate: result.flags for result in done.results}
    assert flags["alice"] == (f"This hand-in counts: {told}. Grade that again where it is to count.",)
    assert flags["bob"] == flags["eve"] == ()
    assert ("alice", "0.0", "newest") in rows(course)
    again = grade(course, engine, "monday/in")
    assert ("alice", "4.0", "newest") in rows(course)
    assert [note.split(" (")[0] for note in again.notes] == ["Of alice"]


def test_two_runs_at_once_make_nobodys_hand_in_the_newest_of_another(tmp_path: Path) -> None:
    results = Results(tmp_path)
    results.record(HandIn("asked", "tiny", "one", "key", name="asked"))
    noted = results.record(HandIn("asked", "tiny", "two", "other", name="(asked)"))
    assert [each.work for each in results.hand_ins_of("asked", "tiny")] == ["one", "two"]
    assert "another person" in noted.flags[-1]
    results.record(HandIn("asked", "tiny", "three", "third", name="Asked"))
    assert results.hand_ins_of("asked", "tiny")[0].work == "three"


@pytest.mark.parametrize(("free", "told"), [(0, "0 MiB"), (900 << 20, "900 MiB"), (1 << 30, "1,024 MiB")])
@pytest.mark.parametrize("alone", [True, False], ids=["one zip", "a folder of zips"])
def test_a_full_disk_is_told_and_nothing_is_graded(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch, free: int, told: str, alone: bool
) -> None:
    (course.root / "zips").mkdir()
    shutil.make_archive(str(course.root / "zips" / "ada"), "zip", course.root / "in" / "a-right")
    usage = shutil.disk_usage(course.root)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(GroundSchoolError, match=f"has {told} free; 1,124 MiB were expected.*TMPDIR"):
        grade(course, engine, "zips/ada.zip" if alone else "zips")
    assert not (course.root / "reports").exists()
    assert Results(course.written).hand_ins() == []
