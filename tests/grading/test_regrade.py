"""The same work graded again: only what changed is examined, whose score moved is told, and a result can be replayed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from groundschool.checks.verdict import Result
from groundschool.cli import app
from groundschool.course import Course
from groundschool.errors import GroundSchoolError
from groundschool.grading import batch
from groundschool.grading.batch import Batch, Plan
from groundschool.grading.box import probe
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import Engine
from tiny_course import DOUBLE, Asked, hand_in, write

HALVE = Asked(
    "halve",
    "def halve(number):\n    ...",
    "def halve(number):\n    return number / 2",
    """\
t = checks.question("halve", halve, points=4)
t.equal("half of two", 1, answer=lambda: t.call(2))
t.show()
### BEGIN HIDDEN TESTS
t.equal("half of eight", 4, answer=lambda: t.call(8), hidden=True)
t.points
### END HIDDEN TESTS""",
)
STRICTER = replace(
    HALVE,
    test=HALVE.test.replace(
        "t.points\n", 't.equal("half of seven", 3.5, answer=lambda: t.call(7), hidden=True, weight=3)\nt.points\n'
    ),
)
WHOLE = {"double": DOUBLE.solution, "halve": "def halve(number):\n    return number // 2"}
EXACT = {"double": "def double(number):\n    return 4", "halve": HALVE.solution}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine("sandbox" if probe.probe() is None else "none", tmp_path_factory.mktemp("data")) as made:
        yield made


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = write(tmp_path, "tiny", [DOUBLE, HALVE])
    hand_in(tmp_path / "in", made, "tiny", "whole", WHOLE)
    hand_in(tmp_path / "in", made, "tiny", "exact", EXACT)
    return made


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The questions that each submission was examined for, in order."""
    asked: list[list[str]] = []
    plain = Session.run

    def run(session: Session, attempted: Any) -> Any:
        asked.append([test.question for test in session.notebook.tests if attempted[test.id]])
        return plain(session, attempted)

    monkeypatch.setattr(Session, "run", run)
    return asked


def grade(course: Course, engine: Engine, **more: Any) -> dict[str, Result]:
    done: Batch = batch.grade(course, Plan(course.root / "in", **more), engine, lambda stand: None)
    return {result.candidate: result for result in done}


def say(course: Course, *arguments: str) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.output


def test_a_mended_test_has_only_its_question_examined_and_the_moves_are_told(
    course: Course, engine: Engine, examined: list[list[str]]
) -> None:
    before = grade(course, engine)
    assert say(course, "moved") == (0, "No score moved.\n")
    examined.clear()
    write(course.root, "tiny", [DOUBLE, STRICTER])
    after = grade(course, engine)
    assert examined == [["halve"], ["halve"]]
    assert before["whole"].score == 8.0
    assert after["whole"].questions[0] == before["whole"].questions[0]
    assert (after["whole"].score, after["exact"].score) == (5.6, before["exact"].score)
    assert say(course, "moved") == (
        0,
        "whole, tiny/halve: 4 -> 1.6 (-2.4)\n"
        "  passed before, partial now.\n"
        "  The check “half of eight” earns 0.8, not 3.2.\n"
        "  The check “half of seven” is new and failed.\n"
        "1 scores of 1 candidates moved.\n",
    )
    # Graded from nothing, the mended course gives the same results.
    shutil.rmtree(course.root / ".groundschool")
    assert grade(course, engine) == after


def test_one_question_can_be_asked_for_and_the_others_keep_what_they_had(
    course: Course, engine: Engine, examined: list[list[str]]
) -> None:
    before = grade(course, engine)
    renamed = replace(DOUBLE, test=DOUBLE.test.replace("the double of a text", "a text twice"))
    write(course.root, "tiny", [renamed, STRICTER])
    examined.clear()
    one = grade(course, engine, question="halve")
    assert examined == [["halve"], ["halve"]]
    assert [verdict.points for verdict in one["whole"].questions] == [4.0, 1.6]
    assert one["whole"].questions[0] == before["whole"].questions[0]
    examined.clear()
    assert [verdict.points for verdict in grade(course, engine)["whole"].questions] == [4.0, 1.6]
    assert examined == [["double"], ["double"]]
    with pytest.raises(GroundSchoolError, match=r"No topic of this course asks thirds\."):
        grade(course, engine, question="thirds")


def test_a_submission_is_replayed_from_its_kept_inputs_when_its_folder_has_gone(course: Course, engine: Engine) -> None:
    grade(course, engine)
    shutil.rmtree(course.root / "in")
    trust = [] if engine.isolation == "sandbox" else ["--trust"]
    assert say(course, "replay", "Whole", "tiny", *trust) == (0, "The same, bit by bit: 8 of 8 points.\n")
    write(course.root, "tiny", [DOUBLE, STRICTER])
    code, told = say(course, "replay", "whole", "tiny", *trust)
    assert code == 1
    assert told.startswith("The course, the package or the libraries have changed since it was graded.\n")
    assert "/questions/halve/points: 4.0 before, 1.6 now\n" in told
    for kept in course.root.glob(".groundschool/results/*/inputs.zip"):
        kept.unlink()
    with pytest.raises(GroundSchoolError, match="What this result was made from is not kept"):
        say_raising(course, "replay", "whole", "tiny", *trust)


def say_raising(course: Course, *arguments: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_a_score_is_told_check_by_check_with_what_each_was_worth(course: Course, engine: Engine) -> None:
    grade(course, engine)
    code, told = say(course, "explain", "exact", "tiny")
    assert code == 0
    lines = told.splitlines()
    assert lines[0] == "exact, tiny: 4.8 of 8 points"
    assert "double: 0.8 of 4 points, partial" in lines
    assert "  + the double of two (visible): 0.80 of 0.80 points" in lines
    assert "  - the double of seven (hidden): 0.00 of 1.60 points" in lines
    assert "  + half of eight (hidden): 3.20 of 3.20 points" in lines
    assert "double" not in say(course, "explain", "exact", "tiny", "halve")[1]
    with pytest.raises(GroundSchoolError, match=r"There is no result of nobody\. Graded so far: exact, whole\."):
        say_raising(course, "explain", "nobody", "tiny")
    with pytest.raises(GroundSchoolError, match=r"exact has no result for sql\. Graded so far: tiny\."):
        say_raising(course, "explain", "exact", "sql")
