"""Cohorts of any size with results as grading leaves them: what pages over many candidates are tried on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundschool.checks.verdict import Check, Result, Verdict

TOPICS = {
    "sql": (("latest_status", 4.0), ("latest_status_ties", 8.0)),
    "pyspark": (("user_actions", 4.0), ("parse_logs", 6.0)),
    "glue": (("q01_glue_job_types", 2.0), ("q03_glue_metadata", 2.0), ("register_table", 6.0)),
}
SHARES = {"passed": 1.0, "partial": 0.4, "needs_person": 0.5}
KINDS: Sequence[Any] = ("passed", "passed", "passed", "partial", "partial", "failed", "not_attempted", "needs_person")


def cohort(size: int, topics: Sequence[str] = tuple(TOPICS)) -> list[Result]:
    """One result a candidate and topic. Who comes later in the alphabet is weaker; little else is regular."""
    return [result(number, size, topic) for number in range(size) for topic in topics]


def result(number: int, size: int, topic: str) -> Result:
    """What candidate `number` of `size` earned in a topic."""
    questions = tuple(
        _verdict(question, points, (number * 7 + place * 5) % 8 * (1 + number * 2 // size))
        for place, (question, points) in enumerate(TOPICS[topic])
    )
    flags = ("The test cell of latest_status was changed; the released one was used.",) if number % 17 == 3 else ()
    return Result(f"person-{number:04}", topic, "sandbox", flags, questions, name=f"Person {number:04}")


def _verdict(question: str, most: float, luck: int) -> Verdict:
    outcome = KINDS[min(luck, 7)]
    points = round(most * SHARES.get(outcome, 0.0), 2)
    mistake = ("takes_any_row", "counts_nulls")[luck % 2] if outcome in ("partial", "failed") else ""
    checks = (
        Check("the example of the prompt", outcome in ("passed", "partial"), False),
        Check("more rows", outcome == "passed", True, "13 rows differ." if mistake else "", mistake),
    )
    reason = "The answer could be read in two ways." if outcome == "needs_person" else ""
    return Verdict(question, points, most, outcome, (), () if outcome == "not_attempted" else checks, (), reason)
