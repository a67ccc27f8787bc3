"""What a learner asks of `groundschool status`, `check` and `solution`, and of `hint` and `solution` in a cell."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from groundschool import cli
from groundschool.authoring import build, release
from groundschool.course import KIT, Course
from groundschool.learner import hint, progress, solution, start_page
from tiny_course import DOUBLE, RIGHT, as_text, question_text, write_proven

HINTS = """
<details><summary>Hint 1: a question</summary>

Which operator adds?

</details>

<details><summary>Hint 2: the shape</summary>

One line.

</details>
"""
WHY = "# Why: what is doubled costs twice.\n# Twice."
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The tiny course, with hints and a remark on why; shared, and not to be changed."""
    course = write_proven(tmp_path_factory.mktemp("learner") / "tiny")
    as_text(course, "tiny", [DOUBLE])
    text = course.topic("tiny").questions[0].path
    told = question_text(DOUBLE).replace("### END SOLUTION", f"{WHY}\n### END SOLUTION", 1)
    text.write_text(told.replace("```python tests", f"{HINTS}\n```python tests"), encoding="utf-8")
    build.build(course.topic("tiny"), force=True)
    release.release(course.topic("tiny"))
    return course


@pytest.fixture
def course(built: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    shutil.copytree(built.root, tmp_path / "tiny")
    monkeypatch.chdir(tmp_path / "tiny")
    return Course(tmp_path / "tiny")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["groundschool", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return command


def answer(course: Course, text: str) -> None:
    """Writes the learner's notebook with this answer."""
    notebook = nbformat.read(course.topic("tiny").released, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "double" and text:
            cell.source = text
    path = course.root / "work" / "tiny" / "tiny.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def states(run: Run) -> list[Any]:
    code, out = run("status", "--json")
    assert code == 0
    return [(each["state"], each["points"]) for topic in json.loads(out) for each in topic["questions"]]


def test_status_follows_an_answer_from_the_starter_to_a_check_and_to_a_change(course: Course, run: Run) -> None:
    assert states(run) == [("not begun", None)]
    answer(course, "")
    assert states(run) == [("not begun", None)]
    answer(course, RIGHT["sum"])
    assert states(run) == [("answered, not checked", None)]
    assert run("check")[0] == 0
    assert states(run) == [("passed, 4 of 4 points", 4.0)]
    assert "Next:" not in run("status")[1]
    answer(course, RIGHT["lambda"].replace("2", "3"))
    assert states(run) == [("changed since it was checked", None)]
    assert f"Next: Return the double of a value (double), in {course.root / 'work'}" in run("status", "TINY")[1]


def shown(course: Course) -> str:
    """What the start page shows, as the lab writes it."""
    page = nbformat.read(start_page.write(course), as_version=4)
    nbformat.validate(page)
    assert page.cells[1].source.endswith("status()")
    return str(page.cells[1].outputs[0].data["text/markdown"])


def test_the_start_page_tells_where_one_is_and_what_comes_next(course: Course, run: Run) -> None:
    assert "| tiny | 0 of 1 | 0 of 4 | 5 | not in work/ yet |" in shown(course)
    answer(course, "def double(number):\n    return 4")
    run("check")
    page = shown(course)
    assert page.startswith("Next: **Return the double of a value** (`double`), in [tiny](tiny/tiny.ipynb).")
    assert "| [tiny](tiny/tiny.ipynb) | 0 of 1 | 0.8 of 4 | 5 | 20" in page
    assert "| Return the double of a value (`double`) | easy | 4 | 5 | 1 of 1 | partial, 0.8 of 4 points |" in page
    answer(course, RIGHT["sum"])
    run("check")
    assert "Nothing is left to do." in shown(course)


def test_the_start_page_is_brought_up_to_date_without_touching_cells_of_ones_own(course: Course, run: Run) -> None:
    answer(course, RIGHT["sum"])
    path = start_page.write(course)
    page = nbformat.read(path, as_version=4)
    page.cells.append(nbformat.v4.new_markdown_cell("ask Sam about ties"))
    page.cells[0].source = "gone"
    nbformat.write(page, path)
    run("check")
    assert "passed, 4 of 4 points" in shown(course)
    after = nbformat.read(path, as_version=4).cells
    assert [cell.source.split("\n")[0] for cell in after[:1] + after[2:]] == ["# Start here", "ask Sam about ties"]
    path.write_text("no notebook")
    assert "passed, 4 of 4 points" in shown(course)


def test_packing_tells_what_is_untouched(course: Course, run: Run) -> None:
    answer(course, "")
    assert "tiny: 1 of 1 questions untouched: double." in run("pack", "Ada")[1]
    answer(course, RIGHT["sum"])
    packed = run("pack", "Ada")[1]
    assert ("untouched" in packed, "The earlier Ada.zip was replaced." in packed) == (False, True)


def test_a_check_finds_a_topic_in_any_letter_case_from_any_folder(
    course: Course, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(course, "def double(number):\n    return 4")
    monkeypatch.chdir(course.root / "data")
    code, out = run("check", "Tiny")
    assert (code, "double: partial 0.8 of 4 points" in out) == (1, True)
    assert states(run) == [("partial, 0.8 of 4 points", 0.8)]


def test_what_was_kept_of_a_check_may_be_lost_or_broken(course: Course, run: Run) -> None:
    answer(course, RIGHT["sum"])
    kept = course.root / progress.KEPT
    kept.parent.mkdir(parents=True)
    for text in ("", "[1]", '{"tiny": 1}', '{"tiny": {"double": 1}}', '{"tiny": {"double": {"answer": null}}}'):
        kept.write_text(text)
        assert states(run) == [("answered, not checked", None)]


def test_a_solution_is_shown_after_a_try_with_why_and_the_other_right_answers(course: Course, run: Run) -> None:
    answer(course, "")
    code, out = run("solution", "double")
    assert (code, "is not answered in" in out) == (2, True)
    answer(course, "def double(number):\n    return 4")
    code, out = run("solution", "double")
    assert code == 0
    solved, *others = out.split("Another right answer: ")
    assert solved.strip() == f"{DOUBLE.solution}\n\nWhy: what is doubled costs twice.\nTwice."
    assert {other.split("\n")[0]: other.split("\n\n", 1)[1].strip() for other in others} == {
        name: text.strip() for name, text in RIGHT.items()
    }


def test_a_kit_holds_no_solution(course: Course, run: Run) -> None:
    answer(course, RIGHT["sum"])
    shutil.rmtree(course.root / "source")
    (course.root / KIT).write_text("")
    code, out = run("solution", "double")
    assert (code, "a kit holds the questions only" in out) == (2, True)
    assert states(run) == [("answered, not checked", None)]


def test_a_question_nobody_asks_is_told_with_those_there_are(course: Course, run: Run) -> None:
    code, out = run("solution", "triple")
    assert (code, out.strip()) == (2, "There is no question 'triple'. Questions here: double.")


def test_hints_come_one_by_one_and_the_last_one_again(
    course: Course, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(course, RIGHT["sum"])
    monkeypatch.chdir(course.root / "work" / "tiny")
    for _ in range(3):
        hint("double")
    solution("double")
    said = capsys.readouterr().out
    first, second = "Hint 1: a question\n\nWhich operator adds?\n", "Hint 2: the shape\n\nOne line.\n"
    assert said.startswith(first + second + second)
    assert DOUBLE.solution in said
