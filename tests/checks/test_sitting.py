"""What a notebook shows to whoever works in it: one box a question, their own rows, and where they are at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pyarrow as pa
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.validator import Validator

from groundschool import checks
from groundschool.checks import ChecksFailed, Rules, beside, sitting
from kernel import execute

TESTS = """\
t = checks.question("{name}", {name}, points=4, rules=checks.Rules(key=("id",)))
t.same("the example", pa.table({{"id": [1, 2], "n": [10, 20]}}), orders=pa.table({{"id": [2, 1, 1], "n": [20, 4, 6]}}))
t.show()"""
FUNCTION = """\
def half(number):
    wrong = number // 0
    return wrong"""
HALF = """\
t = checks.question("half", half, points=4)
t.equal("of two", 1, answer=lambda: t.call(number=2))
t.show()"""
CELLS = (
    ("setup", "import pyarrow as pa\nfrom groundschool import checks"),
    ("early", "checks.run('select 1')"),
    ("right", "right = 'select id, sum(n)::int as n from orders group by id'"),
    ("right_tests", TESTS.format(name="right")),
    ("wrong", "wrong = 'select n, id from orders'"),
    ("wrong_tests", TESTS.format(name="wrong")),
    ("run", "checks.run(wrong)"),
    ("another", "checks.run('select count(*) as rows from orders')"),
    ("broken", "broken = 'select id,\\n  n frm orders x'"),
    ("broken_tests", TESTS.format(name="broken")),
    ("half", FUNCTION),
    ("half_tests", HALF),
    ("open", "open = '''\n\n'''"),
    ("open_tests", TESTS.format(name="open")),
    ("end", "checks.summary()"),
)
WANT = pa.table({"id": [1, 2, 3], "n": [10, 20, 30]})


def written(cells: tuple[tuple[str, str], ...]) -> Any:
    """A notebook with nbgrader's marks on its test cells."""
    marks = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3, "points": 4}
    notebook = new_notebook(cells=[new_code_cell(source, id=name) for name, source in cells])
    for cell in notebook.cells:
        if cell.id.endswith("_tests"):
            cell.metadata = {"nbgrader": {**marks, "grade_id": cell.id}, "tags": ["raises-exception"]}
    return notebook


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The outputs of every cell, all of them run from top to bottom."""
    notebook = written(CELLS)
    execute(notebook, tmp_path_factory.mktemp("notebook"))
    return {cell.id: cell.outputs for cell in notebook.cells}


def text(outputs: Any) -> str:
    return str(outputs[0].data["text/plain"])


def test_a_failed_check_shows_one_box_and_one_line_and_no_traceback(ran: dict[str, Any]) -> None:
    box, error = ran["wrong_tests"]
    assert error.traceback == ["`wrong`: 0 of 1 visible checks passed."]
    assert text([box]).startswith("✗ the example: 3 rows, 2 expected: 1 row is missing and 2 are not expected")
    assert box.data["text/html"].count("<caption") == 2


def test_run_all_goes_on_to_the_end_which_says_how_far_one_is(ran: dict[str, Any]) -> None:
    assert [name for name, outputs in ran.items() if any(each.output_type == "error" for each in outputs)] == [
        "wrong_tests", "broken_tests", "half_tests", "open_tests",
    ]  # fmt: skip
    assert text(ran["end"]).splitlines() == [
        "✓ right: 1 of 1 passed", "✗ wrong: 0 of 1 passed", "✗ broken: 0 of 1 passed", "✗ half: 0 of 1 passed",
        "open: not attempted", "Next: `wrong`, whose checks failed.",
    ]  # fmt: skip


def test_after_a_pass_the_rows_are_shown(ran: dict[str, Any]) -> None:
    assert text(ran["right_tests"]).splitlines() == [
        "✓ the example", "returned, 2 rows:", "  id |  n", "   1 | 10", "   2 | 20",
        "Visible checks passed; hidden checks run when graded.",
    ]  # fmt: skip


def test_the_line_of_a_query_and_of_a_cell_that_fails_is_shown(ran: dict[str, Any]) -> None:
    *_, line, mark, _ = text(ran["broken_tests"]).splitlines()
    assert (mark.strip(), mark.index("^")) == ("^" * len("orders"), line.index("orders"))
    assert "In line 2 of its cell: wrong = number // 0" in text(ran["half_tests"])
    assert text(ran["open_tests"]) == "`open` is not attempted yet."


def test_any_query_runs_over_the_sample_and_stands_beside_what_is_expected(ran: dict[str, Any]) -> None:
    assert text(ran["early"]).startswith("Run the test cell of the question first")
    assert text(ran["run"]).splitlines() == [
        "wrong, over the sample", "returned, 3 rows:", "  id |  n", "   1 |  4", "   1 |  6", "   2 | 20",
        "expected, 2 rows:", "  id |  n", "   1 | 10", "   2 | 20",
    ]  # fmt: skip
    assert "returned, 1 row:\n  rows\n     3\n" in text(ran["another"])


def test_validate_fails_a_question_whose_visible_check_failed(tmp_path: Path) -> None:
    path = tmp_path / "notebook.ipynb"
    names = ("setup", "right", "right_tests", "wrong", "wrong_tests")
    nbformat.write(written(tuple(cell for cell in CELLS if cell[0] in names)), path)
    found = Validator().validate(str(path))
    assert [each["raw_error"] for each in found["failed"]] == ["`wrong`: 0 of 1 visible checks passed."]


def test_a_type_is_shown_where_it_is_the_difference() -> None:
    texts = pa.table({"N": ["10", "20", "30"], "id": [1, 2, 3]})
    found = beside.beside(texts, WANT, Rules(key=("id",)), same=False)
    assert found
    assert found.returned.columns == ("id", "N")
    assert '>N<br><span style="font-weight:normal">text</span>' in found.html()
    assert '>n<br><span style="font-weight:normal">integer</span>' in found.html()
    assert found.html().count("<br>") == 2


def test_of_rows_of_one_key_the_cells_that_differ_are_marked() -> None:
    got = pa.table({"id": [3, 1, 4], "n": [30, 11, 40]})
    found = beside.beside(got, WANT, Rules(key=("id",)), same=False)
    assert found
    assert found.expected
    assert found.returned.rows == (("1", "11"), ("3", "30"), ("4", "40"))
    assert found.returned.marks == {(0, 1), (2, 0), (2, 1)}
    assert found.expected.marks == {(0, 1), (1, 0), (1, 1)}


def test_no_markup_and_no_more_than_ten_rows_of_an_answer_are_drawn() -> None:
    got = pa.table({"<b>": ["<script>"] * 12})
    drawn = beside.beside(got, WANT, Rules(), same=True)
    assert drawn
    assert "<script>" not in drawn.html()
    assert "<b>" not in drawn.html()
    assert drawn.html().count("&lt;script&gt;") == 10
    assert drawn.text().endswith("  … and 2 more")
    assert beside.beside(12, WANT, Rules(), same=False) is None


def test_nothing_is_shown_or_kept_while_a_notebook_is_graded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sitting, "_sat", {})
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    query = "select 1 as id, 2 as n"
    t = checks.question("rows", query, points=4)
    t.same("an example", WANT, numbers=WANT)
    t.show()
    assert "returned, " not in capsys.readouterr().out
    checks.run(query)
    checks.summary()
    assert capsys.readouterr().out == ""
    monkeypatch.delenv("NBGRADER_EXECUTION")
    t = checks.question("rows", query, points=4)
    t.same("an example", WANT, numbers=WANT)
    with pytest.raises(ChecksFailed):
        t.show()
    checks.summary()
    assert capsys.readouterr().out.endswith("✗ rows: 0 of 1 passed\nNext: `rows`, whose checks failed.\n")
