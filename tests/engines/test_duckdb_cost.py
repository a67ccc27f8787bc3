"""A query's cost is the rows that the operators of its plan hand on: linear for a window, quadratic for a self-join."""

from __future__ import annotations

import pyarrow as pa
import pytest

from groundschool.engines import engine
from groundschool.engines.engine import QueryRefused

WINDOW = "select n, sum(n) over (order by n rows unbounded preceding) from numbers"
PAIRS = "select a.n, sum(b.n) from numbers a join numbers b on b.n <= a.n group by a.n"


def cost(text: str, rows: int) -> int:
    """The rows that a text costs over a table of so many."""
    plan = engine.answer(text, {"numbers": pa.table({"n": list(range(rows))})}, name="duckdb_cost")
    return int(sum(plan["rows"].to_pylist()))


def test_a_window_costs_a_few_rows_for_each_row_and_a_self_join_its_square() -> None:
    assert 400 <= cost(WINDOW, 400) <= 20 * 400
    assert cost(PAIRS, 400) >= 400 * 400 / 2
    assert cost("select 1", 400) < 10


def test_only_a_select_over_the_tables_of_its_question_has_a_cost() -> None:
    with pytest.raises(QueryRefused, match="2 statements"):
        cost("select 1; select 2", 1)
    with pytest.raises(QueryRefused, match="reads from the function"):
        cost("select * from read_csv('/etc/passwd')", 1)
    with pytest.raises(QueryRefused):
        engine.answer("create table t (n int)", {}, name="duckdb_cost", kind="statement")
