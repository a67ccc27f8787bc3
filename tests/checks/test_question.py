"""One question in one process, as a notebook's own kernel runs its test cell: points, outcomes, and what is told to whom."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from groundschool import checks
from groundschool.checks import ChecksFailed, Frame, Question, Rules, place
from groundschool.checks.backend import Mistake
from groundschool.checks.kernel import Kernel
from groundschool.engines.engine import UnknownEngine
from groundschool.fixtures.dataset import Text

TABLE = pa.table({"n": [1, 2, 3]})
WANT = pa.table({"total": [6]})


def doubling(number: int) -> int:
    return 2 * number


class Doubling:
    def __call__(self, number: int) -> int:
        return 2 * number


def asked(answer: Any, points: float = 4) -> Question:
    return checks.question("double", answer, points=points)


def visible(question: Question) -> None:
    question.equal("two", 4, answer=lambda: question.call(2))


def hidden(question: Question, *wanted: tuple[int, int]) -> None:
    for number, want in wanted or ((7, 14), (-1, -2)):
        question.equal(f"of {number}", want, answer=lambda number=number: question.call(number), hidden=True)


@pytest.fixture
def grading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")


# -- points


def test_a_right_answer_earns_exactly_the_maximum_as_a_plain_float() -> None:
    for points in (4, 0.7, 3.3, 1, 100, 2.05):
        question = asked(doubling, points)
        visible(question)
        hidden(question, *((number, 2 * number) for number in range(7)))
        assert question.points == points
        assert type(question.points) is float


@pytest.mark.parametrize("score", [np.float64(2), np.int64(2), 2, True])
def test_points_are_a_plain_float_whatever_the_number_given(score: Any) -> None:
    question = asked(doubling, score)
    visible(question)
    assert type(question.points) is float


def test_visible_checks_are_worth_at_most_a_fifth() -> None:
    question = asked(lambda number: 4)
    for _ in range(9):
        visible(question)
    hidden(question)
    assert question.points == 0.8
    assert question.verdict().outcome == "partial"


def test_hidden_checks_share_the_rest_by_weight() -> None:
    question = asked(lambda number: 14)
    visible(question)
    question.equal("seven", 14, answer=lambda: question.call(7), hidden=True, weight=3)
    question.equal("one", 2, answer=lambda: question.call(1), hidden=True)
    assert question.points == 2.4


def test_without_hidden_checks_the_visible_ones_earn_everything() -> None:
    question = asked(doubling)
    visible(question)
    assert question.points == 4.0
    question.true("it is odd", False)
    assert question.points == 2.0


def test_without_any_check_nothing_is_earned() -> None:
    assert asked(doubling).points == 0.0


def test_an_answer_that_is_wrong_everywhere_has_failed() -> None:
    question = asked(lambda number: number + 100)
    visible(question)
    hidden(question)
    assert (question.points, question.verdict().outcome) == (0.0, "failed")


# -- starters


def starter(number: int) -> None: ...


@pytest.mark.parametrize(
    "answer", ["", "\n\n", "  \t ", None, ..., starter], ids=lambda value: getattr(value, "__name__", repr(value))
)
def test_a_starter_is_not_attempted_and_earns_nothing(answer: Any) -> None:
    question = asked(answer)
    visible(question)
    question.true("anything", True, hidden=True)
    verdict = question.verdict()
    assert (verdict.outcome, question.points) == ("not_attempted", 0.0)
    assert [check.passed for check in verdict.checks] == [False, False]


@pytest.mark.parametrize(
    "answer",
    ["select 1", 0, [], {}, False, doubling, lambda number: 0, len],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_an_answer_that_says_little_is_attempted(answer: Any) -> None:
    assert asked(answer).attempted


# -- what goes wrong


def test_what_cannot_be_called_is_refused() -> None:
    question = asked(42)
    visible(question)
    verdict = question.verdict()
    assert (verdict.outcome, verdict.points) == ("refused", 0.0)
    assert verdict.reason == "`double` is int; a function was expected, or a query as text."


def test_a_refused_query_earns_nothing_and_says_why() -> None:
    question = asked("select 1; select 2")
    question.same("the sum", WANT, answer=lambda: question.call(numbers=Frame(TABLE)))
    question.true("something that holds", True, hidden=True)
    verdict = question.verdict()
    assert (verdict.outcome, verdict.points) == ("refused", 0.0)
    assert verdict.reason == "The text holds 2 statements; exactly one SELECT was expected."


def raising(number: int) -> int:
    if number != 2:
        raise ValueError(f"secret {number}")
    return 4


def test_an_answer_that_raises_has_crashed_and_keeps_what_passed() -> None:
    question = asked(raising)
    visible(question)
    hidden(question, (7, 14))
    verdict = question.verdict()
    assert (verdict.outcome, verdict.points) == ("crashed", 0.8)
    assert verdict.checks[1].message == "The answer stopped with ValueError."
    assert "secret 7" in verdict.checks[1].detail


def test_a_visible_check_tells_the_error_in_full() -> None:
    question = asked(raising)
    question.equal("three", 6, answer=lambda: question.call(3))
    assert question.verdict().checks[0].message == "The answer stopped with ValueError: secret 3"


def named_after_the_input(number: int) -> int:
    raise type(f"Secret{number}", (Exception,), {})()


def told_by_the_query(number: int) -> str:
    return f"select error('secret ' || {number})"


def test_no_hidden_message_holds_text_of_the_answers() -> None:
    for answer in (raising, named_after_the_input, lambda number: f"secret {number}", lambda number: {"secret": 1}):
        question = asked(answer)
        hidden(question)
        assert "secret" not in " ".join(check.message for check in question.verdict().checks).lower()
    for text in ("select error('secret ' || n) from numbers", "select n as secret from numbers", "select secret"):
        question = asked(text)
        question.same(
            "the sum", WANT, answer=lambda question=question: question.call(numbers=Frame(TABLE)), hidden=True
        )
        (check,) = question.verdict().checks
        assert check.message
        assert "secret" not in check.message
        assert "secret" in check.detail or "column" in check.detail.lower()


def test_an_error_of_the_test_cell_itself_is_not_the_answers() -> None:
    question = asked(doubling)
    with pytest.raises(ZeroDivisionError):
        question.equal("broken", 1, answer=lambda: 1 / 0)


# -- kinds of checks


def test_a_query_is_compared_as_a_table() -> None:
    question = asked("select sum(n)::int as TOTAL from numbers")
    question.same("the sum", WANT, answer=lambda: question.call(numbers=Frame(TABLE)))
    question.same(
        "as pandas", WANT.to_pandas(), answer=lambda: question.call(numbers=Frame(TABLE.to_pandas())), hidden=True
    )
    assert question.points == 4.0


def test_a_difference_shows_rows_where_the_check_is_visible_and_counts_where_it_is_hidden() -> None:
    question = asked("select 777 as total, 1 as n")
    want = pa.table({"total": [6], "n": [1]})
    for is_hidden in (False, True):
        question.same(f"{is_hidden}", want, answer=lambda: question.call(numbers=Frame(TABLE)), hidden=is_hidden)
    shown, counted = (check.message for check in question.verdict().checks)
    assert "777" in shown
    assert "777" not in counted
    assert counted == "Some rows are missing and some are not expected; they differ in `total`."


def test_the_number_of_rows_an_answer_returns_is_not_told_for_a_hidden_check() -> None:
    # An answer that sees hidden data could tell it by how many rows it returns.
    for rows in (5, 4711):
        question = asked(f"select 6 as total from range({rows})")
        want = WANT
        question.same("hidden", want, answer=lambda q=question: q.call(numbers=Frame(TABLE)), hidden=True)
        (check,) = question.verdict().checks
        assert (
            check.message
            == "More rows than the 1 expected: some rows are not expected; some of them repeat an expected row."
        )
        assert f"{rows:,} rows" in check.detail


def test_returning_nothing_earns_nothing_where_nothing_is_right_for_some_inputs() -> None:
    empty = TABLE.slice(0, 0)
    for text, points in (("select n from numbers where false", 0.0), ("select n from numbers", 4.0)):
        question = asked(text)
        for name, table in (("rows", TABLE), ("no rows", empty)):
            question.same(name, table, answer=lambda q=question, t=table: q.call(numbers=Frame(t)), hidden=True)
        assert question.points == points


@pytest.mark.parametrize(
    "answer",
    [functools.lru_cache(doubling), Doubling(), np.vectorize(doubling)],
    ids=["cached", "instance", "vectorised"],
)
def test_whatever_can_be_called_is_a_function(answer: Any) -> None:
    question = asked(answer)
    question.equal("seven", 14, answer=lambda: question.call(7), hidden=True)
    assert question.points == 4.0


def test_a_grouped_frame_of_pandas_is_accepted_with_its_keys_in_the_index() -> None:
    def totals(frame: pd.DataFrame) -> Any:
        return frame.groupby("user").agg(total=("n", "sum"))

    given = pd.DataFrame({"user": ["a", "b", "a"], "n": [1, 2, 3]})
    question = asked(totals)
    want = pd.DataFrame({"user": ["a", "b"], "total": [4, 2]})
    question.same("totals", want, answer=lambda: question.call(Frame(given, "pandas")))
    assert question.points == 4.0


def test_what_is_no_table_is_told() -> None:
    question = asked(lambda number: 7)
    question.same("a table", WANT, answer=lambda: question.call(1))
    question.same("a table", WANT, answer=lambda: question.call(1), hidden=True)
    shown, told = question.verdict().checks
    assert not shown.passed
    assert told.message == "The answer is not a table."


@pytest.mark.parametrize(
    ("got", "want", "alike"),
    [
        (1, 1, True), (1, 1.0, True), (1, True, False), (0.1 + 0.2, 0.3, True), (1.001, 1.0, False), ((1, 2), [1, 2], True),
        ({"a": [1.0]}, {"a": [1 + 1e-12]}, True), ({"a": 1}, {"A": 1}, False), ("a", "A", False), (None, 0, False), ([1], [1, 1], False),
    ],
)  # fmt: skip
def test_plain_values_are_alike_or_not(got: Any, want: Any, alike: bool) -> None:
    question = asked(lambda number: got)
    question.equal("the value", want, answer=lambda: question.call(1))
    assert question.verdict().checks[0].passed is alike


@pytest.mark.parametrize(
    ("condition", "holds"),
    [(True, True), (np.True_, True), (1, False), ("yes", False), (None, False), (np.False_, False)],
)
def test_only_true_holds(condition: Any, holds: bool) -> None:
    question = asked(doubling)
    question.true("it holds", condition, message="It does not.")
    check = question.verdict().checks[0]
    assert (check.passed, check.message) == (holds, "" if holds else "It does not.")


def test_a_changed_argument_is_seen_and_costs_the_next_call_nothing() -> None:
    def sorting(rows: list[int]) -> list[int]:
        rows.sort()
        return rows

    question, given = asked(sorting), [2, 1]
    question.equal("sorted", [1, 2], answer=lambda: question.call(given))
    question.equal("the argument", {"rows": [2, 1]}, answer=lambda: question.call_and_see(rows=given)[1])
    assert [check.passed for check in question.verdict().checks] == [True, False]
    assert given == [2, 1]


# -- hidden tables


def counted(table: pa.Table) -> pa.Table:
    return pa.table({"rows": [table.num_rows]})


def test_a_generated_table_is_compared_with_what_is_expected_of_it() -> None:
    question = asked("select count(*) as rows from orders")
    fixture = question.fixture("order_status", orders=20)
    question.agrees(
        "20 orders", counted, answer=lambda table: question.call(orders=Frame(table)), table=fixture, by="order_id"
    )
    assert question.points == 4.0


def test_a_verdict_does_not_wait_for_an_explanation() -> None:
    question = asked("select 0 as rows")
    fixture = question.fixture("order_status", orders=20)
    question.agrees(
        "20 orders", counted, answer=lambda table: question.call(orders=Frame(table)), table=fixture, by="order_id"
    )
    (check,) = question.verdict().checks
    assert (check.passed, check.counterexample) == (False, None)


class Explaining(Kernel):
    """A place like the examiner's: it knows a mistake."""

    def __init__(self, mistakes: Sequence[Mistake] = ()) -> None:
        self.known = mistakes

    def mistakes(self) -> Sequence[Mistake]:
        return self.known


@pytest.fixture
def placed() -> Any:
    before = place.current()
    yield place.use
    place.use(before)


def test_at_most_two_failures_are_explained_by_rows_of_public_data() -> None:
    question = asked("select order_id, 'Lost' as status from orders")
    fixture = question.fixture("order_status", orders=30)
    for number in range(3):
        question.agrees(f"{number}", lambda table: table.select(["order_id", "status"]), answer=lambda table: question.call(orders=Frame(table)), table=fixture, by="order_id")  # fmt: skip
    assert question.can_explain
    examples = question.explain()
    assert list(examples) == [0, 1]
    assert all(len(rows["rows"]) <= 5 for example in examples.values() for rows in example.given.values())


def test_an_answer_that_cannot_be_shown_is_not_explained_and_costs_nothing() -> None:
    question = asked("select order_id, '-infinity'::timestamp as at from orders")
    fixture = question.fixture("order_status", orders=30)
    for name in ("one", "two"):
        question.agrees(name, lambda table: pa.table({"order_id": table["order_id"], "at": table["status_time"]}), answer=lambda table: question.call(orders=Frame(table)), table=fixture, by="order_id")  # fmt: skip
    assert question.verdict().outcome == "failed"
    assert question.explain() == {}


def test_a_known_mistake_is_told_in_its_own_words(placed: Callable[[Any], None]) -> None:
    def verdict(answer: Callable[[int], Any]) -> Any:
        question = asked(answer)
        visible(question)
        hidden(question)
        return question, question.verdict()

    question, _ = verdict(lambda number: number * number)
    placed(Explaining([Mistake("square", "The number is squared.", dict(question.seen))]))
    _, found = verdict(lambda number: number**2)
    assert [check.message for check in found.checks if not check.passed] == ["The number is squared."] * 2
    assert found.checks[1].mistake == "square"
    _, other = verdict(lambda number: number + 2.5)
    assert "The number is squared." not in [check.message for check in other.checks]


# -- what the question knows of its checks


def latest(**options: Any) -> Question:
    text = "select order_id, status as latest_status, status_time from order_status qualify row_number() over (partition by order_id order by status_time desc) = 1"
    return checks.question("latest", text, points=4, **options)


def of_history(order_status: pa.Table) -> pa.Table:
    return order_status.group_by("order_id").aggregate([("status_time", "max")]).join(
        order_status, ["order_id", "status_time_max"], ["order_id", "status_time"]
    ).select(["order_id", "status", "status_time_max"]).rename_columns(["order_id", "latest_status", "status_time"])  # fmt: skip


def test_a_query_is_asked_over_the_parts_named_by_the_rules_of_its_question() -> None:
    question = latest(rules=Rules(key=("order_id",), accept_text=("status_time",)), by="order_id")
    sample = pa.table({"order_id": [1, 1], "status": ["a", "b"], "status_time": ["2024-01-01", "2024-01-02"]})
    want = pa.table({"order_id": [1], "latest_status": ["b"], "status_time": pd.to_datetime(["2024-01-02"])})
    question.same("the example", want, order_status=sample)
    question.agrees("50 orders", of_history, order_status=question.fixture("order_status", orders=50))
    assert [check.message for check in question.verdict().checks] == ["", ""]
    assert question.points == 4.0


def test_a_check_may_have_rules_of_its_own() -> None:
    question = latest(rules=Rules(accept_text=("status_time",)))
    sample = pa.table({"order_id": [1], "status": ["a"], "status_time": ["2024-01-01"]})
    want = pa.table({"order_id": [1], "latest_status": ["a"], "status_time": pd.to_datetime(["2024-01-01"])})
    question.same("as the question says", want, order_status=sample)
    question.same("exactly", want, order_status=sample, rules=Rules())
    assert [check.passed for check in question.verdict().checks] == [True, False]


def test_a_function_gets_tables_as_frames_and_descriptions_as_they_are() -> None:
    def sized(frame: pd.DataFrame, stream: Any, factor: int) -> int:
        return len(frame) * len(stream.read()) * factor

    question = asked(sized)
    question.equal(
        "two rows, three bytes", 30, frame=Frame(TABLE.slice(1), "pandas"), stream=checks.Stream(b"abc"), factor=5
    )
    question.equal("seven", 7, answer=lambda: question.call(Frame(TABLE.slice(2), "pandas"), checks.Stream(b"a"), 7))
    assert question.points == 4.0


def test_what_needs_more_says_how_the_answer_is_asked() -> None:
    question = checks.question("rows", "select count(*)::int as rows from orders", points=4, by="order_id")
    question.agrees(
        "twice",
        lambda one, other: pa.table({"rows": [one.num_rows + other.num_rows]}),
        answer=lambda one, other: question.call(orders=pa.concat_tables([one, other])),
        one=question.fixture("order_status", orders=3),
        other=question.fixture("order_status", orders=5),
    )
    assert question.points == 4.0


def test_an_explanation_starts_from_the_public_example_and_names_each_part() -> None:
    question = checks.question("lost", "select order_id from orders where order_id <> 1003", points=4, by="order_id")
    question.agrees(
        "30 orders", lambda orders: orders.select(["order_id"]), orders=question.fixture("order_status", orders=30)
    )
    (example,) = question.explain().values()
    assert {row[0] for row in example.given["orders"]["rows"]} == {"1003"}
    assert example.got["rows"] == []


def test_a_text_file_of_a_dataset_reaches_a_function_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    question = asked(lambda log: Path(log).read_text(encoding="utf-8").splitlines())
    question.equal("its lines", ["one", "två"], log=Text("app.log", ("one", "två")))
    assert question.points == 4.0


# -- engines


def test_a_script_is_compared_by_the_table_that_it_leaves() -> None:
    script = """
        create temp table fresh as select distinct * from changes;
        merge into customers using fresh on customers.id = fresh.id
            when matched then update set name = fresh.name
            when not matched then insert values (fresh.id, fresh.name);
    """
    question = checks.question("upsert", script, points=4, kind="script", leaves="customers")
    given = {
        "customers": pa.table({"id": [1, 2], "name": ["a", "b"]}),
        "changes": pa.table({"id": [2, 3, 3], "name": ["B", "c", "c"]}),
    }
    question.same("three customers", pa.table({"id": [1, 2, 3], "name": ["a", "B", "c"]}), **given)
    question.same("no changes", given["customers"], customers=given["customers"], changes=given["changes"].slice(0, 0))
    assert [check.message for check in question.verdict().checks] == ["", ""]


def test_a_check_may_ask_another_kind_of_the_same_text() -> None:
    question = checks.question("made", "create table mart as select 7 as n", points=4)
    want = pa.table({"n": [7]})
    question.same("the table", want, answer=lambda: question.query({}, kind="statement", leaves="mart"))
    question.same("as a query", want)
    made, refused = question.verdict().checks
    assert made.passed
    assert refused.message == "The text is a CREATE statement; a SELECT was expected."


def test_an_engine_that_does_not_exist_is_an_error_of_the_test_cell() -> None:
    question = checks.question("asked", "select 1", points=4, engine="oracle")
    with pytest.raises(
        UnknownEngine,
        match="No engine is called 'oracle'; expected one of: airflow, athena, duckdb, duckdb_cost, redshift.",
    ):
        question.same("anything", TABLE)


# -- what a notebook shows


def test_show_raises_when_a_visible_check_failed_and_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    question = asked(lambda number: 5)
    visible(question)
    question.true("it holds", True)
    with pytest.raises(ChecksFailed, match="`double`: 1 of 2 visible checks passed."):
        question.show()
    printed = capsys.readouterr()
    assert printed.out == (
        "✗ two: 5 was returned; 4 was expected.\n✓ it holds\n`double`: 1 of 2 visible checks passed.\n"
    )
    assert printed.err == ""


def test_show_does_not_raise_while_the_notebook_is_graded(grading: None) -> None:
    question = asked(lambda number: 5)
    visible(question)
    question.show()
    hidden(question)
    assert question.points == 0.0


def test_show_says_that_hidden_checks_come_later(capsys: pytest.CaptureFixture[str]) -> None:
    question = asked(doubling)
    visible(question)
    question.show()
    assert "Visible checks passed; hidden checks run when graded." in capsys.readouterr().out


def test_show_of_a_starter_says_that_it_is_not_attempted(capsys: pytest.CaptureFixture[str]) -> None:
    question = asked("")
    visible(question)
    with pytest.raises(ChecksFailed, match="`double` is not attempted yet."):
        question.show()


def test_show_draws_no_markup_of_the_answer() -> None:
    from groundschool.checks import show

    question = asked(lambda number: "<script>alert(1)</script>")
    visible(question)
    rows = [show.row(check, {}, {}) for check in question.verdict().checks]
    drawn = show.Box(rows)._repr_html_()
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_rules_are_part_of_a_check() -> None:
    question = asked("select n::text as n from numbers")
    question.same("as text", TABLE, answer=lambda: question.call(numbers=Frame(TABLE)), rules=Rules(accept_text=("n",)))
    question.same("as a number", TABLE, answer=lambda: question.call(numbers=Frame(TABLE)))
    assert [check.passed for check in question.verdict().checks] == [True, False]


def test_a_text_is_said_to_be_recorded_and_gets_no_tick_before_it_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    t = checks.question("why", "Because the catalog\nis asked, not S3.", 2)
    t.is_an_answer("Why?")
    t.show()
    assert capsys.readouterr().out == "recorded: 7 words, read when graded\n"


def test_not_knowing_is_said_to_be_no_answer(capsys: pytest.CaptureFixture[str]) -> None:
    t = checks.question("why", "I do not know.", 2)
    t.is_an_answer("Why?")
    with pytest.raises(ChecksFailed):
        t.show()
    assert "✗ it is an answer in words: The answer says that it is not known" in capsys.readouterr().out
