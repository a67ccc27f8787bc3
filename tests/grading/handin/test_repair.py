"""A submitted notebook is rebuilt around the released one: answers and own cells stay, everything else is as released."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from groundschool.grading.handin.notebook import GivenCell, Unreadable, read
from groundschool.grading.handin.repair import rebuild
from groundschool.grading.handin.stage import attempts, notes, older_in

SETUP, PROMPT = "import pandas as pd", "## Count the orders"
STARTER, ANSWER = 'orders = """\n\n"""', 'orders = """select 1"""'
TESTS = 't = checks.question("orders", orders, points=4)\nt.show()'
USERS, USERS_ANSWER = "def users(lines):\n    ...", "def users(lines):\n    return lines"
USERS_TESTS = 't = checks.question("users", users, points=4)\nt.show()'


def marked(kind: str, source: str, grade_id: str, **marking: Any) -> NotebookNode:
    cell = nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
    defaults = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "task": False}
    cell.metadata["nbgrader"] = {**defaults, "grade_id": grade_id, **marking}
    cell.id = grade_id
    return cell


def release() -> NotebookNode:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    setup, prompt = nbformat.v4.new_code_cell(SETUP, id="setup"), nbformat.v4.new_markdown_cell(PROMPT, id="prompt")
    notebook.cells = [
        setup,
        prompt,
        marked("code", STARTER, "orders", solution=True),
        marked("code", TESTS, "orders_tests", grade=True, locked=True, points=4),
        marked("code", USERS, "users", solution=True),
        marked("code", USERS_TESTS, "users_tests", grade=True, locked=True, points=4),
    ]
    return notebook


def submitted(**answers: str) -> list[GivenCell]:
    """The cells of an honest submission."""
    cells = []
    for cell in release().cells:
        marking = cell.metadata.get("nbgrader", {})
        name = marking.get("grade_id", "")
        cells.append(GivenCell(cell.cell_type, answers.get(name, cell.source), name, cell.id, (), dict(marking)))
    return cells


def bare(cell: GivenCell) -> GivenCell:
    """A cell that lost its metadata and its id."""
    return replace(cell, grade_id="", id="", marking={})


def code(source: str) -> GivenCell:
    return GivenCell("code", source)


def rebuilt(cells: list[GivenCell]) -> tuple[list[str], tuple[str, ...], dict[str, bool]]:
    """The sources of the rebuilt notebook, its flags, and what was attempted."""
    notebook, flags = rebuild(cells, release())
    nbformat.validate(notebook)
    return [cell.source for cell in notebook.cells], flags, attempts(notebook, release())


HONEST = [SETUP, PROMPT, ANSWER, TESTS, USERS, USERS_TESTS]


def test_an_honest_notebook_is_not_touched() -> None:
    notebook, flags = rebuild(submitted(orders=ANSWER), release())
    expected = release()
    expected.cells[2].source = ANSWER
    assert notebook.cells == expected.cells
    assert flags == ()
    assert attempts(notebook, release()) == {"orders": True, "users": False}


def test_the_release_itself_attempts_nothing() -> None:
    assert rebuilt(submitted()) == (
        [SETUP, PROMPT, STARTER, TESTS, USERS, USERS_TESTS],
        (),
        {"orders": False, "users": False},
    )


@pytest.mark.parametrize(
    "source",
    ["", "\n", "# thinking", f"# first\n\n{STARTER}\n# later\n", "orders   =   '\\n\\n'", USERS],
    ids=["empty", "blank", "comment", "starter with comments", "starter in other words", "another starter"],
)
def test_only_code_that_differs_from_the_starter_is_an_attempt(source: str) -> None:
    _, _, attempted = rebuilt(submitted(orders=source))
    assert attempted["orders"] == (source == USERS)


def test_own_cells_stay_in_their_place_without_metadata() -> None:
    cells = submitted(orders=ANSWER)
    cells.insert(2, GivenCell("code", "helper = 1", "", "mine", ("skip-execution",), {}))
    cells.append(GivenCell("raw", "raw"))
    notebook, _ = rebuild(cells, release())
    assert [cell.source for cell in notebook.cells] == [*HONEST[:2], "helper = 1", *HONEST[2:], "raw"]
    assert notebook.cells[-1].cell_type == "markdown"  # a raw cell would be shown as it is
    assert notebook.cells[2].metadata == {}


def test_locked_text_and_all_metadata_come_from_the_release() -> None:
    cells = submitted(orders=ANSWER)
    marking = {**cells[3].marking, "points": 400, "locked": False}
    cells[3] = GivenCell("markdown", "4.0", "orders_tests", "orders_tests", ("skip-execution",), marking)
    notebook, flags = rebuild(cells, release())
    assert notebook.cells[3] == release().cells[3]
    assert flags == (
        'The locked cell "orders_tests" was changed; its released text was used.',
        'The cell "orders_tests" was turned into markdown; it was read as code.',
        'The grading data of the cell "orders_tests" was changed; the released one was used.',
        "Tags were added to cells; they were removed.",
    )


def _duplicated(first: str, second: str) -> list[GivenCell]:
    cells = submitted(orders=first)
    return [*cells[:3], replace(cells[2], source=second), *cells[3:]]


@pytest.mark.parametrize(
    ("cells", "sources"),
    [
        (_duplicated(ANSWER, STARTER), HONEST),
        (_duplicated(STARTER, ANSWER), HONEST),
        (_duplicated(ANSWER, "orders = 2"), [*HONEST[:3], "orders = 2", *HONEST[3:]]),
        ([*submitted(orders=ANSWER), submitted()[3]], HONEST),
        ([*submitted(orders=ANSWER), *submitted()], [*HONEST, SETUP, PROMPT]),
        ([cell for cell in submitted(orders=ANSWER) if cell.grade_id != "orders_tests"], HONEST),
        ([replace(cell, kind="markdown") if cell.grade_id == "orders" else cell for cell in submitted(orders=ANSWER)], HONEST),
        ([cell if cell.grade_id != "orders" else bare(cell) for cell in submitted(orders=ANSWER)], HONEST),
        ([replace(cell, grade_id="", marking={}) for cell in submitted(orders=ANSWER)], HONEST),
        ([bare(cell) for cell in submitted(orders=ANSWER)], HONEST),
        ([bare(cell) for cell in submitted(orders='orders = """broken')], [*HONEST[:2], 'orders = """broken', *HONEST[3:]]),
        (submitted(orders=ANSWER)[1:], HONEST),
        ([submitted()[0], *submitted(orders=ANSWER)[2:]], HONEST),
        ([replace(cell, grade_id="other") if cell.grade_id == "orders" else cell for cell in submitted(orders=ANSWER)], HONEST),
        (submitted(orders=ANSWER)[::-1], None),
        ([submitted()[3], *submitted(orders=ANSWER)[:3], *submitted()[4:]], HONEST),
    ],
    ids=[
        "starter copied behind", "starter copied before", "two answers", "test cell twice", "whole notebook twice",
        "test cell deleted", "answer turned to markdown", "answer lost its marking", "all marking lost",
        "all marking and ids lost", "marking lost and no name", "setup deleted", "prompt deleted", "grade id renamed",
        "upside down", "test cell moved to the front",
    ],
)  # fmt: skip
def test_a_damaged_notebook_keeps_its_answer(cells: list[GivenCell], sources: list[str] | None) -> None:
    found, flags, attempted = rebuilt(cells)
    assert sources is None or found == sources
    assert attempted["orders"]
    assert not attempted["users"]
    assert flags or sources == HONEST
    assert max(place for place, source in enumerate(found) if source.startswith("orders =")) < found.index(TESTS)


def test_every_repair_is_told() -> None:
    for cells in (_duplicated(ANSWER, STARTER), submitted()[1:], [bare(cell) for cell in submitted()], submitted()[:3]):
        assert rebuilt(cells)[1]


def test_a_missing_cell_that_only_shows_something_is_put_back_without_a_word() -> None:
    released = release()
    released.cells.insert(4, nbformat.v4.new_code_cell("checks.run(orders)", id="orders-5"))
    notebook, flags = rebuild(submitted(orders=ANSWER), released)
    assert notebook.cells[4].source == "checks.run(orders)"
    assert flags == ()


def test_an_answer_in_an_added_cell_is_taken_from_there() -> None:
    cells = submitted()
    cells.insert(2, code(ANSWER))
    found, flags, attempted = rebuilt(cells)
    assert found == [SETUP, PROMPT, ANSWER, "", TESTS, USERS, USERS_TESTS]  # the starter would undo the answer
    assert attempted == {"orders": True, "users": False}
    assert flags == ('The answer of "orders" is in an added cell; it was taken from there.',)


def test_an_answer_at_the_end_is_tested_there() -> None:
    found, flags, attempted = rebuilt([*submitted(), code("helper = 2"), code(USERS_ANSWER)])
    assert found == [SETUP, PROMPT, STARTER, TESTS, "", "helper = 2", USERS_ANSWER, USERS_TESTS]
    assert attempted == {"orders": False, "users": True}
    assert flags[-1] == 'The test cell "users_tests" stood before its answer; it was moved behind it.'


def test_an_answer_split_in_two_stays_whole() -> None:
    cells = submitted(users=USERS_ANSWER)
    cells[4:5] = [replace(cells[4], source="def helper(): ..."), bare(replace(cells[4], source=USERS_ANSWER))]
    found, _, attempted = rebuilt(cells)
    assert found == [SETUP, PROMPT, STARTER, TESTS, "def helper(): ...", USERS_ANSWER, USERS_TESTS]
    assert attempted["users"]


def test_a_file_is_recognised_by_its_name() -> None:
    notebook = release()
    notebook.cells[2].source = "%%writefile job.py\n# the job"
    cells = [bare(cell) for cell in submitted()]
    cells[2] = code("%%writefile job.py\nprint(1)")
    cells.insert(2, code("%%writefile other.py\nprint(2)"))
    found, _ = rebuild(cells, notebook)
    assert [cell.source for cell in found.cells][2:4] == [
        "%%writefile other.py\nprint(2)",
        "%%writefile job.py\nprint(1)",
    ]
    assert attempts(found, notebook)["orders"]


def test_a_question_of_several_parts_is_attempted_by_any_of_them() -> None:
    notebook = release()
    notebook.cells[2:3] = [
        marked("code", f"{name} = None", name, solution=True) for name in ("orders_first", "orders_second")
    ]
    answered = release()
    answered.cells = [cell.copy() for cell in notebook.cells]
    answered.cells[3] = marked("code", "orders_second = 2", "orders_second", solution=True)
    assert attempts(notebook, notebook)["orders"] is False
    assert attempts(answered, notebook)["orders"] is True


def test_ids_are_unique_and_outputs_are_empty() -> None:
    notebook, _ = rebuild([*submitted(), *(replace(code("x = 1"), id="setup") for _ in range(3))], release())
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert all(cell.outputs == [] for cell in notebook.cells if cell.cell_type == "code")


CELLS = st.lists(
    st.builds(
        GivenCell,
        st.sampled_from(["code", "markdown", "raw"]),
        st.sampled_from([*HONEST, STARTER, "x = 1", "", "((((", "%%writefile a.py", "%magic", "orders: int = 1"])
        | st.text(max_size=9),
        st.sampled_from(["", "orders", "orders_tests", "users", "users_tests", "new"]),
        st.sampled_from(["", "setup", "prompt", "orders", "orders_tests", "x"]),
    ),
    max_size=12,
)


@given(CELLS)
@settings(max_examples=200, deadline=None)
def test_any_cells_give_a_valid_notebook_with_every_released_cell(cells: list[GivenCell]) -> None:
    notebook, flags = rebuild(cells, release())
    nbformat.validate(notebook)
    marks = [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sorted(mark["grade_id"] for mark in marks) == ["orders", "orders_tests", "users", "users_tests"]
    assert [cell for cell in notebook.cells if cell.get("id") == "orders_tests"] == [release().cells[3]]
    assert all(flag.isprintable() for flag in flags)
    attempts(notebook, release())


HOSTILE_CODE = {
    "deep brackets": "[" * 90_000,
    "deep unary": "orders = " + "not " * 40_000 + "1",
    "long chain": "orders = " + "+".join(["1"] * 60_000),
    "long attribute chain": "orders = a" + ".b" * 60_000,
    "many statements": "orders = 1\n" * 18_000,
    "null byte": "orders = 1\0",
    "surrogate": "orders = '\ud800'",
    "too long": "orders = 1 #" + "x" * 300_000,
}


@pytest.mark.parametrize("source", HOSTILE_CODE.values(), ids=HOSTILE_CODE.keys())
def test_code_that_breaks_parsers_is_an_attempt_and_no_more(source: str) -> None:
    notebook, _ = rebuild(submitted(orders=source), release())
    assert attempts(notebook, release()) == {"orders": True, "users": False}


def body(**parts: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], **parts}).encode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"{", "not complete JSON"),
        (body()[:-5], "not complete JSON"),
        (b"\xff\xfe\x00", "not complete JSON"),
        (b"[1]", "another kind"),
        (b"{}", "no cells"),
        (body(cells={}), "no cells"),
        (body(cells=None, worksheets=3), "no cells"),
        (b'{"cells":' + b"[" * 100_000, "nested too deep"),
        (b'{"cells":[' + b"[]," * 3_000_000 + b"1]}", "too large"),
        (b" " * ((50 << 20) + 1), "too large"),
        (body(cells=[{"cell_type": "code", "source": "x" * 200_000}] * 30), "too long"),
    ],
    ids=["empty", "brace", "truncated", "bytes", "list", "object", "cells an object", "worksheets a number", "deep", "wide", "large", "long"],
)  # fmt: skip
def test_what_is_no_notebook_is_told_in_a_sentence(data: bytes, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read(data)


JUNK = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["nbgrader", "tags", "grade_id", "source", "name"]), inner, max_size=3), max_leaves=6)  # fmt: skip


@given(
    st.lists(
        JUNK | st.fixed_dictionaries({}, optional={"cell_type": JUNK, "source": JUNK, "metadata": JUNK, "id": JUNK})
    ),
    JUNK,
    JUNK,
)
@settings(max_examples=150, deadline=None)
def test_fields_of_any_type_are_read(cells: Any, metadata: Any, version: Any) -> None:
    found = read(body(cells=cells, metadata=metadata, nbformat=version))
    notebook, _ = rebuild(found.cells, release())
    nbformat.validate(notebook)


def test_a_notebook_of_version_3_is_converted() -> None:
    sheet = {"cells": [{"cell_type": "code", "input": ["a = 1\n", "b"]}, {"cell_type": "heading", "source": "Title"}]}
    found = read(json.dumps({"nbformat": 3, "worksheets": [sheet]}).encode())
    assert [(cell.kind, cell.source) for cell in found.cells] == [("code", "a = 1\nb"), ("markdown", "Title")]
    assert found.flags == ("The notebook is of another format version than 4; it was converted.",)


def test_lone_surrogates_become_question_marks() -> None:
    assert read(body(cells=[{"cell_type": "code", "source": "a\ud800"}])).cells[0].source == "a?"


def test_cells_over_the_cap_are_left_out_and_told() -> None:
    found = read(body(cells=[{"cell_type": "code", "source": ""}] * 1_200))
    assert len(found.cells) == 1_000
    assert found.flags == ("The notebook holds 1,200 cells; 1,000 of them could be used.",)


def of_an_older_release(cell: GivenCell, source: str, points: int = 4) -> GivenCell:
    """The cell as nbgrader wrote it into a release with another text or other points."""
    node = nbformat.v4.new_code_cell(source)
    node.metadata["nbgrader"] = {**cell.marking, "points": points} if cell.marking.get("grade") else dict(cell.marking)
    return replace(cell, source=source, marking={**node.metadata["nbgrader"], "checksum": compute_checksum(node)})


def test_an_honest_notebook_of_an_older_release_is_graded_without_a_flag() -> None:
    cells = submitted(users=USERS_ANSWER)
    cells[2] = of_an_older_release(cells[2], "orders = None  # your query")
    cells[3] = of_an_older_release(cells[3], "t = checks.question('orders', orders, points=2)", points=2)
    cells[5] = of_an_older_release(cells[5], USERS_TESTS, points=9)
    sources, flags, attempted = rebuilt(cells)
    assert sources == [SETUP, PROMPT, STARTER, TESTS, USERS_ANSWER, USERS_TESTS]
    assert (flags, attempted) == ((), {"orders": False, "users": True})


def test_a_question_that_was_asked_in_another_form_is_known_from_its_test_cell() -> None:
    cells = submitted(users=USERS_ANSWER)
    assert older_in(cells, release()) == ()
    cells[3] = of_an_older_release(cells[3], "t = checks.question('orders', orders, points=4)")
    cells[5] = of_an_older_release(cells[5], USERS_TESTS, points=9)
    assert older_in(cells, release()) == ("orders", "users")
    cells[5] = replace(cells[5], source="users = print")  # whoever changed it, no release did
    assert older_in(cells, release()) == ("orders",)


@pytest.mark.parametrize("changed", ["checksum", "source", "points"])
def test_a_locked_cell_that_somebody_changed_is_flagged_whatever_its_checksum_says(changed: str) -> None:
    cells = submitted(orders=ANSWER)
    older = of_an_older_release(cells[3], "t = None", points=2)
    marking = dict(older.marking)
    if changed == "points":
        marking["points"] = 3
    elif changed == "checksum":
        marking["checksum"] = "0" * 32
    cells[3] = replace(older, source="t = 1" if changed == "source" else older.source, marking=marking)
    assert 'The locked cell "orders_tests" was changed; its released text was used.' in rebuilt(cells)[1]


def test_text_of_another_release_is_no_repair_and_no_answer() -> None:
    cells = submitted(orders=ANSWER)
    cells[1] = replace(cells[1], source="## Count all orders", id="another")
    cells.insert(4, GivenCell("markdown", "## Name the users, as the last release asked", "", "more"))
    notebook, flags = rebuild(cells, release())
    assert flags == ()
    assert notes(notebook, release()) == {}


def test_text_below_an_untouched_answer_cell_may_be_an_answer() -> None:
    cells = submitted()
    cells.insert(3, GivenCell("markdown", "select count(*) from orders", "", "mine"))
    notebook, _ = rebuild(cells, release())
    assert list(notes(notebook, release())) == ["orders"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# It counts every order, also those without a user", True),
        ("# Every order\n\n## also those without a user", True),
        (f"{STARTER}\n# all of them", True),
        (STARTER, False),
        ("", False),
        ("#\n# \n", False),
    ],
)
@pytest.mark.parametrize("in_words", [True, False])
def test_a_short_answer_written_as_comments_may_be_an_answer(text: str, told: bool, in_words: bool) -> None:
    asked = release()
    if in_words:
        asked.cells[3].source += '\nt.is_an_answer("How many?")'
    notebook, _ = rebuild(submitted(orders=text), asked)
    assert list(notes(notebook, asked)) == (["orders"] if told and in_words else [])
    assert not attempts(notebook, asked)["orders"]


def test_a_test_cell_of_an_older_release_that_lost_its_marking_is_no_answer() -> None:
    cells = [bare(cell) for cell in submitted()]
    cells[3] = replace(cells[3], source='t = checks.question("orders", orders, points=2)\nt.show()')
    notebook, _ = rebuild(cells, release())
    assert notes(notebook, release()) == {}


def test_where_cells_of_the_release_assign_one_name_each_holds_its_own_answer() -> None:
    shared = release()
    shared.cells[4].source = f"{STARTER}\n{USERS}"
    cells = submitted(users=f"{ANSWER}\n{USERS_ANSWER}")
    notebook, flags = rebuild(cells, shared)
    assert [cell.source for cell in notebook.cells][2] == STARTER
    assert (flags, attempts(notebook, shared)) == ((), {"orders": False, "users": True})
