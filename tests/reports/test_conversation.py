"""What an interviewer is given to talk about: questions computed from the answer that stands there."""

from __future__ import annotations

import pytest

from groundschool.checks.verdict import Check, Verdict
from groundschool.reports.conversation import budget, follow_ups, stood_in

PASSED = Verdict("asked", 4.0, 4.0, "passed", (), (Check("more rows", True, True),))
WRONG = Verdict("asked", 0.0, 4.0, "failed", (), (Check("more rows", False, True, "13 differ.", "takes_any_row"),))
WINDOW = """asked = '''
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY status_time DESC) AS rn FROM order_status)
WHERE rn = 1
'''"""
JOIN = "asked = 'select o.id from orders o join parcels p on o.id = p.order_id where p.sent = true'"
SPARK = """def asked(lines):
    parsed = lines.select(F.regexp_extract("value", "user=(\\\\d+)", 1).alias("user"))
    return parsed.groupBy("user").count()
"""
PANDAS = "def asked(lines):\n    rows = lines.toPandas()\n    return rows.groupby('value').size()\n"


def asked(source: str, verdict: Verdict = PASSED) -> tuple[str, str, str]:
    found = follow_ups(verdict, source)
    assert found
    return found.chosen, found.breaks, found.costs


def test_a_query_is_asked_about_its_own_window_its_ties_and_what_has_to_move() -> None:
    chosen, breaks, costs = asked(WINDOW)
    assert "`ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY status_ti…`" in chosen
    assert "the same `status_time`" in breaks
    assert "`*`" in costs
    assert "`order_id`" in asked(WINDOW.replace("SELECT *", "SELECT id"))[2]


def test_a_join_is_asked_about_second_matches_nulls_and_the_move() -> None:
    chosen, breaks, costs = asked(JOIN)
    assert "You join `parcels AS p`" in chosen
    assert "one side is NULL" in breaks
    assert "the join with `parcels AS p`" in costs


def test_code_is_asked_about_what_it_calls() -> None:
    chosen, breaks, costs = asked(SPARK)
    assert "`regexp_extract`" in chosen
    assert "which line matches that should not" in breaks
    assert '`.groupBy("user")`' in costs
    assert "`.toPandas()` on two billion rows" in asked(PANDAS)[2]


def test_a_mistake_that_was_recognised_is_what_is_asked_about() -> None:
    assert "“takes any row”" in asked(WINDOW, WRONG)[1]
    unnamed = Verdict("asked", 0.0, 4.0, "failed", (), (Check("more rows", False, True),))
    assert asked(WINDOW, unnamed)[1].startswith("“more rows” did not pass.")


def test_words_are_quoted_and_what_is_missing_or_dated_is_asked() -> None:
    source = "%%answer asked\n\nS3 is eventually consistent. I read that once."
    check = Check("what the answer says", False, True, "Not found in the answer: listings.", words=("eventually", "consistent"), found=("overwrites",))  # fmt: skip
    lacking = Verdict("asked", 1.0, 2.0, "partial", (), (check,))
    chosen, breaks, costs = asked(source, lacking)
    assert chosen.startswith("You wrote `eventually consistent`.")
    assert breaks == "Not found in the answer: listings. What would you say about it?"
    assert "`overwrites`" in costs
    dated = Verdict("asked", 1.0, 2.0, "partial", ("outdated",), (check,))
    assert "Since when has that been different" in asked(source, dated)[1]


def test_nothing_is_asked_of_no_answer() -> None:
    assert follow_ups(Verdict("asked", 0.0, 4.0, "not_attempted"), "asked = ''") is None
    assert follow_ups(PASSED, "") is None


@pytest.mark.parametrize("text", ["select " + "(" * 500, "select 1;" * 400, "with " * 800, ".split(" * 900, "`" * 4000])
def test_a_text_made_to_stop_the_parser_is_asked_about_all_the_same(text: str) -> None:
    assert all(asked(f"asked = {text!r}", WRONG))


def test_pandas_or_sql_where_spark_was_asked_is_told() -> None:
    assert "Answered with pandas (`.toPandas(`)" in stood_in(PANDAS, SPARK)
    assert "Answered with SQL (`spark.sql(`)" in stood_in("def asked(lines):\n    return spark.sql('select 1')", SPARK)
    assert stood_in(SPARK, SPARK) == ""
    assert stood_in(PANDAS, "def asked(rows):\n    return rows") == ""


def test_a_conversation_begins_with_what_is_in_doubt() -> None:
    verdicts = [
        Verdict("fine", 4.0, 4.0, "passed"),
        Verdict("strong", 2.0, 2.0, "passed", ("strong",)),
        Verdict("half", 2.0, 4.0, "partial"),
        Verdict("left_out", 0.0, 4.0, "not_attempted"),
        Verdict("open", 1.0, 2.0, "needs_person"),
    ]
    assert budget(verdicts, 15) == ["open", "half", "strong", "fine"]
    assert budget(verdicts, 6) == ["open", "half"]
