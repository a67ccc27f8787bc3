"""One text under several questions, or from several people, is told on each hand-in, names nobody, and costs no points."""

from __future__ import annotations

import html

import pytest

from groundschool.checks.verdict import Result
from groundschool.grading import alike, batch
from groundschool.grading.alike import Given
from groundschool.grading.batch import Plan
from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine
from tiny_course import Asked, hand_in, write

LONG = "Parquet keeps each column together, so a scan reads less"


def question(name: str) -> Asked:
    return Asked(
        name,
        f'{name} = """\n\n"""',
        f'{name} = """\nColumns.\n"""',
        f"""\
t = checks.question("{name}", {name}, points=4)
t.is_an_answer("Why columns?")
t.show()
### BEGIN HIDDEN TESTS
from groundschool.checks.rubric import Rubric, any_of, idea

t.rubric(Rubric(question="Why columns?", about=("parquet",), ideas=(idea("columns", "column*", about="*"),), full=any_of("columns")))
t.points
### END HIDDEN TESTS""",
    )


# Who answers what; each answer is the right side of an assignment.
GIVEN = {
    "ada": {"why": f'"{LONG}."', "how": '"Each column has a type of its own, and an encoding."'},
    "bob": {"why": f'"""\n\n  {LONG.upper()}\n"""', "how": '"By column, with a dictionary of values in front of it."'},
    "cem": {"why": '"By column."', "how": '"By column."'},
    "dan": {"why": '"By column."', "how": '"A column holds values of one kind, which pack well."'},
    "eve": {"why": '"One column at a time is read from the disk."', "how": '"one column, at a time, is read from the disk"'},
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    root = tmp_path_factory.mktemp("alike")
    course = write(root, "tiny", [question("why"), question("how")])
    for name, answers in GIVEN.items():
        cells = {question: f"{question} = {text}" for question, text in answers.items()}
        hand_in(root / "in", course, "tiny", name, cells)
    with Engine("sandbox" if probe.probe() is None else "none", root / "data") as engine:
        batch.grade(course, Plan(root / "in"), engine, lambda what, done, total: None)
        again = batch.grade(course, Plan(root / "in"), engine, lambda what, done, total: None)
    (flagged,) = [flag for flag in again.views[0].result.flags if "too" in flag]
    page = (root / "reports" / "summary.html").read_text(encoding="utf-8")
    assert html.escape(flagged) in page.replace("&#34;", "&quot;")
    return {result.candidate: result for result in again}


def test_a_text_of_two_people_is_told_on_both_and_costs_nothing(results: dict[str, Result]) -> None:
    (ada,), (bob,) = results["ada"].flags, results["bob"].flags
    assert ada == bob
    assert ada.startswith('The text of "why" stands in 1 other hand-in of this batch, too')
    assert "bob" not in ada
    assert (results["ada"].score, results["bob"].score) == (8.0, 8.0)


def test_a_text_under_two_questions_is_told_and_costs_nothing(results: dict[str, Result]) -> None:
    assert results["eve"].flags == ('The same text is the answer to "why", "how".',)
    assert results["eve"].score == 8.0


def test_a_few_words_are_alike_by_chance(results: dict[str, Result]) -> None:
    assert (results["cem"].flags, results["dan"].flags) == ((), ())


def test_a_second_hand_in_of_one_person_is_no_other_persons() -> None:
    same = [Given("Ada", "tiny", {"why": "a" * 16}), Given("Ada", "tiny", {"why": "a" * 16})]
    assert alike.between(same) == ["", ""]
    told = alike.between([*same, Given("Bob", "tiny", {"why": "a" * 16}), Given("Eve", "other", {"why": "a" * 16})])
    assert [bool(sentence) for sentence in told] == [True, True, True, False]
