"""What is known of a topic before its submissions are graded: learned once a question, and again only where it changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from groundschool import fixtures
from groundschool.course import Course
from groundschool.grading.box import probe
from groundschool.grading.rehearsal import lesson, store
from groundschool.grading.rehearsal.lesson import Lesson, learn, prepare
from groundschool.grading.rehearsal.places import before
from groundschool.grading.session.engine import Engine
from tiny_course import DOUBLE, Asked, write

SEED = fixtures.PRACTICE_SEED
FOUR = Asked(
    "four",
    "def four():\n    ...",
    "def four():\n    return double(2)",
    """\
t = checks.question("four", four, points=4)
t.equal("four", 4, answer=lambda: t.call())
t.show()
### BEGIN HIDDEN TESTS
t.equal("four, again", 4, answer=lambda: t.call(), hidden=True)
t.points
### END HIDDEN TESTS""",
)
FIVE = Asked(
    "five",
    "five = None",
    "five = 5",
    """\
t = checks.question("five", five, points=4)
t.equal("five", 5, answer=lambda: five)
t.show()
### BEGIN HIDDEN TESTS
t.equal("no six", 5, answer=lambda: five, hidden=True)
t.points
### END HIDDEN TESTS""",
)
ASKED = (DOUBLE, FOUR, FIVE)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine("none", tmp_path_factory.mktemp("data")) as made:
        yield made


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = write(tmp_path, "tiny", ASKED)
    mistake(made, "double", "def double(number):\n    return number\n")
    mistake(made, "five", "five = 6\n")
    return made


def mistake(course: Course, question: str, source: str, name: str = "wrong") -> None:
    path = course.root / "source" / "tiny" / "mistakes" / question / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# Wrong.\n{source}")


@pytest.fixture
def rehearsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that are really tried from here on."""
    tried: list[str] = []
    really = lesson.rehearse

    def counting(engine: Engine, notebook: Any, tests: Sequence[Any], seed: int) -> Any:
        tried.extend(test.question for test in tests)
        return really(engine, notebook, tests, seed)

    monkeypatch.setattr(lesson, "rehearse", counting)
    return tried


def prepared(course: Course, isolation: str = "none") -> Lesson:
    return prepare(course.topic("tiny"), SEED, isolation)


def test_every_question_is_learned_once(course: Course, engine: Engine, rehearsed: list[str]) -> None:
    known = learn(engine, course.topic("tiny"), SEED)
    assert known.faults == {}
    assert sorted(rehearsed) == ["double", "five", "four"]
    again = learn(engine, course.topic("tiny"), SEED)
    assert sorted(rehearsed) == ["double", "five", "four"]
    assert (again.expected, again.tables) == (known.expected, known.tables)


def failing(monkeypatch: pytest.MonkeyPatch, question: str, times: int) -> None:
    """Rehearsals of a question fail so often."""
    really, failed = lesson.rehearse, list[str]()

    def tried(engine: Engine, notebook: Any, tests: Sequence[Any], seed: int) -> Any:
        if tests[0].question == question and len(failed) < times:
            failed.append(question)
            raise SystemError("AST constructor recursion depth mismatch")
        return really(engine, notebook, tests, seed)

    monkeypatch.setattr(lesson, "rehearse", tried)


def test_a_rehearsal_that_fails_once_is_tried_again(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "double", 1)
    assert learn(engine, course.topic("tiny"), SEED).faults == {}


def test_a_rehearsal_that_goes_on_failing_costs_its_own_question_and_is_tried_the_next_time(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "double", 2)
    known = learn(engine, course.topic("tiny"), SEED)
    assert list(known.faults) == ["double_tests"]
    assert "could not be rehearsed: SystemError" in known.faults["double_tests"]
    assert learn(engine, course.topic("tiny"), SEED).faults == {}


def test_what_mistakes_return_is_learned_once_and_only_when_it_is_asked_for(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    really = lesson.mistaken

    def counting(engine: Engine, notebook: Any, test: Any, *more: Any) -> Any:
        asked.append(test.question)
        return really(engine, notebook, test, *more)

    monkeypatch.setattr(lesson, "mistaken", counting)
    known = learn(engine, course.topic("tiny"), SEED)
    assert asked == []
    (found,) = known.mistakes("five_tests")
    assert (found["name"], found["message"], found["seen"].keys()) == ("wrong", "Wrong.", {"five", "no six"})
    assert known.mistakes("four_tests") == []
    assert learn(engine, course.topic("tiny"), SEED).mistakes("five_tests") == known.mistakes("five_tests") == [found]
    assert asked == ["five"]


def test_an_edit_of_a_mistake_rehearses_its_question_and_no_other(
    course: Course, engine: Engine, rehearsed: list[str]
) -> None:
    learn(engine, course.topic("tiny"), SEED)
    before_edit, digest = prepared(course).keys, prepared(course).digest
    rehearsed.clear()
    mistake(course, "five", "five = 7\n")
    assert prepared(course).digest != digest
    assert learn(engine, course.topic("tiny"), SEED).faults == {}
    assert rehearsed == ["five"]
    changed = prepared(course).keys
    assert {test for test in changed if changed[test] != before_edit[test]} == {"five_tests"}


def test_an_edit_of_a_solution_rehearses_also_what_builds_on_it(
    course: Course, engine: Engine, rehearsed: list[str]
) -> None:
    learn(engine, course.topic("tiny"), SEED)
    rehearsed.clear()
    path = course.topic("tiny").path
    path.write_text(path.read_text().replace("return number + number", "return 2 * number"))
    learn(engine, course.topic("tiny"), SEED)
    assert sorted(rehearsed) == ["double", "four"]


def test_a_question_runs_after_the_solutions_it_builds_on_and_no_others(course: Course) -> None:
    notebook = course.topic("tiny").notebook()
    run = {test.question: [cell.id for cell in before(notebook, [test])] for test in notebook.tests}
    assert run == {"double": ["setup"], "four": ["setup", "double"], "five": ["setup"]}


def test_what_was_learned_without_a_box_is_not_known_in_one(
    course: Course, engine: Engine, rehearsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(engine, course.topic("tiny"), SEED)
    assert prepared(course).is_known
    boxed = prepared(course, "sandbox")
    assert not boxed.is_known
    assert boxed.digest != prepared(course).digest
    if probe.probe() is None:
        rehearsed.clear()
        with Engine("sandbox", engine.data) as other:
            learn(other, course.topic("tiny"), SEED)
        assert sorted(rehearsed) == ["double", "five", "four"]


@pytest.mark.parametrize("dependency", ["libraries", "code", "seed", "data"])
def test_everything_is_learned_again_when_what_all_questions_share_has_changed(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch, dependency: str
) -> None:
    learn(engine, course.topic("tiny"), SEED)
    if dependency == "data":
        (course.root / "data" / "more.csv").write_text("a\n1\n")
    elif dependency != "seed":
        monkeypatch.setattr(store, dependency, lambda: "another")
    found = prepare(course.topic("tiny"), SEED + 1 if dependency == "seed" else SEED, "none")
    assert found.parts == {}


def test_a_question_whose_own_solution_fails_is_a_fault_and_is_tried_again(
    course: Course, engine: Engine, rehearsed: list[str]
) -> None:
    path = course.topic("tiny").path
    path.write_text(path.read_text().replace("five = 5", "five = 4"))
    for _ in range(2):
        rehearsed.clear()
        known = learn(engine, course.topic("tiny"), SEED)
        assert known.faults.keys() == {"five_tests"}
        assert "five" in rehearsed
    assert rehearsed == ["five"]


def test_what_cannot_be_kept_is_known_all_the_same(
    course: Course, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(self: object, name: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    caplog.set_level("INFO")
    monkeypatch.setattr(store.Store, "_write", full)
    known = learn(engine, course.topic("tiny"), SEED)
    assert [found["name"] for found in known.mistakes("double_tests")] == ["wrong"]
    assert "will be learned again" in caplog.text


def test_a_file_of_knowledge_that_is_damaged_counts_as_missing(course: Course, engine: Engine) -> None:
    learn(engine, course.topic("tiny"), SEED)
    for file in (course.root / ".groundschool" / "knowledge").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        file.write_bytes(file.read_bytes()[:10])
    assert prepared(course).parts == {}


def test_questions_that_start_a_jvm_share_one_process(course: Course) -> None:
    path = course.topic("tiny").path
    path.write_text(
        path.read_text().replace("from groundschool import checks", "from groundschool import checks  # spark")
    )
    assert [len(unit) for unit in prepared(course).units()] == [3]
    path.write_text(path.read_text().replace("  # spark", ""))
    assert [len(unit) for unit in prepared(course).units()] == [1, 1, 1]


def test_questions_learned_together_are_known_as_if_learned_alone(course: Course, engine: Engine) -> None:
    found = prepared(course)
    found.learn(engine, found.notebook.tests)
    together, found = found.knowledge(engine), prepared(course)
    for key in found.keys.values():
        (course.root / ".groundschool" / "knowledge" / f"{key}.bin").unlink(missing_ok=True)
    alone = learn(engine, course.topic("tiny"), SEED)
    assert (together.expected, together.tables) == (alone.expected, alone.tables)


def test_what_is_installed_is_told_alike_whatever_a_process_has_imported() -> None:
    program = "from groundschool.grading.rehearsal import store\nprint(store.libraries())"
    said = {
        subprocess.run([sys.executable, "-c", first + program], capture_output=True, text=True, check=True).stdout
        for first in ("", "import setuptools\n")
    }
    assert len(said) == 1
