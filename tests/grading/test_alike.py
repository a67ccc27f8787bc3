"""One text under several questions, or from several people, is told on each hand-in, and names nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from groundschool.course.manifest import Needs
from groundschool.course.notebook import from_node
from groundschool.grading import alike
from groundschool.grading.alike import Given

LONG = "Parquet keeps each column together, so a scan reads less"


def texts(**answers: str) -> alike.Texts:
    """What is read of a notebook in which each answer is the right side of an assignment."""
    cells = []
    for name, text in answers.items():
        answer = {"grade_id": name, "solution": True}
        test = {"grade_id": f"{name}_tests", "grade": True, "locked": True, "points": 2}
        cells.append(new_code_cell(f"{name} = {text}", metadata={"nbgrader": answer}))
        source = f't = checks.question("{name}", {name}, points=2)\nt.rubric()'
        cells.append(new_code_cell(source, metadata={"nbgrader": test}))
    notebook = new_notebook(cells=cells)
    stated = Needs(rubrics=dict.fromkeys(answers, ""))
    return alike.texts(notebook, replace(from_node(notebook), stated=stated))


@pytest.mark.parametrize("how", [f'"{LONG.upper()}!"', f'"""\n\n  {LONG}\n"""', repr(LONG.replace(" ", "\n"))])
def test_a_text_under_two_questions_is_told_whatever_its_case_and_spaces(how: str) -> None:
    given = texts(why=repr(LONG), how=how, when='"Whenever a scan of columns is what most readers do."')
    assert alike.within(given) == ('The same text is the answer to "why", "how".',)


def test_words_under_the_answers_magic_are_read_like_a_text_between_quotes() -> None:
    def typed(text: str) -> alike.Texts:
        cell = {"grade_id": "why", "solution": True}
        test = {"grade_id": "why_tests", "grade": True, "locked": True, "points": 2}
        source = 't = checks.question("why", why, points=2)\nt.rubric()'
        cells = [new_code_cell(text, metadata={"nbgrader": cell}), new_code_cell(source, metadata={"nbgrader": test})]
        notebook = new_notebook(cells=cells)
        return alike.texts(notebook, replace(from_node(notebook), stated=Needs(rubrics={"why": ""})))

    assert typed(f"%%answer why\n\n{LONG}\n") == texts(why=repr(LONG))


@pytest.mark.parametrize("text", ['"By column."', '""', "None", "5", "(", "'x' * 3"])
def test_few_words_and_what_is_no_text_are_alike_by_chance(text: str) -> None:
    assert alike.within(texts(why=text, how=text)) == ()


def test_a_text_of_two_people_is_told_on_both_and_names_nobody() -> None:
    ada, bob = Given("Ada", "tiny", texts(why=repr(LONG))), Given("Bob", "tiny", texts(why=repr(f"{LONG}.")))
    one, other = alike.between([ada, bob])
    assert one == other
    assert one.startswith('The text of "why" stands in 1 other hand-in of this batch, too')


def test_a_second_hand_in_of_one_person_is_no_other_persons() -> None:
    same = [Given("Ada", "tiny", {"why": "a" * 16}), Given("Ada", "tiny", {"why": "a" * 16})]
    assert alike.between(same) == ["", ""]
    told = alike.between([*same, Given("Bob", "tiny", {"why": "a" * 16}), Given("Eve", "other", {"why": "a" * 16})])
    assert [bool(sentence) for sentence in told] == [True, True, True, False]
