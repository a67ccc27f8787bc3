"""Right answers, and the same with a "not" put in."""

from __future__ import annotations

import pytest

from groundschool.checks.rubric import Rubric, any_of, idea, learn, read
from groundschool.checks.rubric.examples import Example
from groundschool.checks.rubric.learnt import Learnt

ENGINE = Rubric(
    question="What engine does Athena use?",
    about=("athena", "trino"),
    ideas=(idea("the engine", "trino"), idea("what it is", "engine|query")),
    full=any_of("the engine"),
    half=any_of("what it is"),
)
RIGHT = [
    "Athena uses Trino.",
    "The engine is Trino, which runs the queries; tables are not kept in it.",
    "Trino, a distributed engine that runs queries. No warehouse is needed.",
    "Athena runs queries on Trino, the engine that came from Presto.",
    "Its engine version 3 is Trino; it does not keep data.",
    "Athena uses the engine Trino to run queries.",
    "Athena runs Trino as its engine.",
    "Queries in Athena use Trino as the engine.",
]
NOTHING = ["Athena is a warehouse.", "It is a role.", "Hive on Tez.", "Postgres keeps data.", "It uses MySQL."]


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn(ENGINE, [Example(text, credit) for credit, texts in ((1, RIGHT), (0, NOTHING)) for text in texts])


@pytest.mark.parametrize(
    "text", ["The engine of Athena is not Trino.", "Athena does not use the engine Trino to run queries."]
)
def test_a_denial_of_what_right_answers_state_is_left_to_a_person_or_earns_nothing(text: str, learnt: Learnt) -> None:
    reading = read(text, ENGINE, learnt)
    assert reading.credit == 0 or reading.needs_person


def test_a_denial_beside_the_right_words_is_told_as_the_reason(learnt: Learnt) -> None:
    text = "Athena uses Trino. The engine does not run queries."
    assert read(text, ENGINE, learnt).reason == "The answer may deny what right answers state."
    assert read(text, ENGINE, Learnt.of_table(learnt.table())) == read(text, ENGINE, learnt)


@pytest.mark.parametrize("text", [*RIGHT, "Athena uses Trino. Trino does not keep data in tables."])
def test_what_right_answers_deny_may_be_denied(text: str, learnt: Learnt) -> None:
    reading = read(text, ENGINE, learnt)
    assert reading.credit == 1
    assert "deny" not in reading.reason
