"""A test cell that evaluates an answer's text is found, whatever way the text takes to the call; others are not."""

from __future__ import annotations

import pytest

from groundschool.grading.session.forbidden import evaluated

HELPERS = (
    "import duckdb",
    "def rows_of(text):\n    return duckdb.sql(text).fetchall()",
    "def doubled(number):\n    return 2 * number",
    "def broken(",
)


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("assert duckdb.sql(query).fetchall() == [(1,)]", "sql"),
        ("asked = query.strip()\nassert duckdb.sql(asked).fetchall()", "sql"),
        ("def run(text):\n    return con.execute(text).fetchall()\nassert run(query) == [(1,)]", "execute"),
        ("def run(con, *, text=''):\n    return con.execute(text)\nrun(con, text=query)", "execute"),
        ("def run(*texts):\n    return [eval(each) for each in texts]\nrun(1, query)", "eval"),
        ("def outer(text):\n    return inner(text)\ndef inner(other):\n    return eval(other)\nouter(query)", "eval"),
        ("assert rows_of(query) == [(1,)]", "sql"),
        ("assert [rows_of(each) for each in [query]]", "sql"),
        ("def run(con, text):\n    return con.execute(text)\nrun(*[1, query])", "execute"),
        ("def run(con, text):\n    return con.execute(text)\nrun(**{'text': query})", "execute"),
        ("class Asked:\n    def of(self, text):\n        return eval(text)\nAsked().of(query)", "eval"),
    ],
)
def test_an_answer_that_is_evaluated_is_found(source: str, call: str) -> None:
    assert evaluated(source, ("query",), HELPERS) == call


@pytest.mark.parametrize(
    "source",
    [
        "assert doubled(query) == 4",
        "assert duckdb.sql('select 1').fetchall() == [(query,)]",
        "expected = rows_of('select 1')\nassert query == expected",
        "def run(text):\n    return con.execute(text).fetchall()\nassert run('select 1') == [query]",
        "def rows(con, text):\n    return con.execute(text)\nassert rows(query, 'select 1')",
        "this is no Python",
    ],
)
def test_an_answer_that_is_compared_is_not_taken_for_one(source: str) -> None:
    assert evaluated(source, ("query",), HELPERS) == ""
