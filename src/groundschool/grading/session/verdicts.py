"""What a question earns by what became of its test cell. Whatever is not a positive verdict in the small schema earns
nothing.

Judges nothing itself: the examiner compared, here its reply, or the lack of one, becomes the verdict that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from groundschool.checks.answers import REFUSED
from groundschool.checks.verdict import Check, Counterexample, Outcome, Verdict
from groundschool.course import Cell
from groundschool.grading.wire import protocol
from groundschool.safe import clean_terminal

FAULT = "This question cannot be graded automatically: its own solution does not pass its tests as it should."
MOST_CHECKS = 1000


@dataclass(frozen=True)
class Examined:
    """A question's verdict, and the fingerprints of what each check saw, by which a mistake is recognised again."""

    verdict: Verdict
    seen: Mapping[str, str] = field(default_factory=dict)
    can_explain: bool = False


@dataclass(frozen=True)
class Faulty:
    """The question cannot be graded: its own solution does not pass."""

    reason: str


@dataclass(frozen=True)
class Unexamined:
    """The examiner ended before it had a verdict."""

    reason: str


@dataclass(frozen=True)
class NotRun:
    """The test cell asks for what the examiner does not do."""

    reason: str


@dataclass(frozen=True)
class Missing:
    """Why an answer that a test cell names does not exist, and what that counts as."""

    reason: str
    outcome: Outcome


Ending = protocol.Judged | protocol.Scored | protocol.Failed | protocol.Ended | Faulty | Unexamined | NotRun | Missing


def examined(test: Cell, ending: Ending) -> Examined:
    """The verdict on a test cell that ended so."""
    if isinstance(ending, protocol.Judged):
        seen = {name[:500]: print_[:500] for name, print_ in ending.seen.items()}
        return Examined(_checked(test, ending.verdict), seen, ending.can_explain)
    return Examined(_of_ending(test, ending))


def verdict(test: Cell, points: float, outcome: Outcome, reason: str = "", *checks: Check) -> Verdict:
    """A verdict whose texts, some of them a candidate's, can be shown in a terminal."""
    harmless = tuple(
        replace(check, message=clean_terminal(check.message), detail=clean_terminal(check.detail)) for check in checks
    )
    return Verdict(test.question, points, test.points, outcome, checks=harmless, reason=clean_terminal(reason)[:1000])


def with_examples(given: Examined, examples: Mapping[str, Counterexample]) -> Examined:
    """The same with counterexamples, which are numbered by check."""
    checks = tuple(
        replace(check, counterexample=examples.get(str(number), check.counterexample))
        for number, check in enumerate(given.verdict.checks)
    )
    return replace(given, verdict=replace(given.verdict, checks=checks))


def why(found: Examined) -> str:
    """Why not all points were earned, for the question's author."""
    failed = [check for check in found.verdict.checks if not check.passed]
    return "; ".join(f"{check.name}: {check.detail or check.message}" for check in failed) or found.verdict.reason


def _of_ending(
    test: Cell, ending: protocol.Scored | protocol.Failed | protocol.Ended | Faulty | Unexamined | NotRun | Missing
) -> Verdict:
    match ending:
        case Faulty(reason):
            own = Check("the question's own solution", False, True, FAULT, detail=reason)
            return verdict(test, 0.0, "needs_person", FAULT, own)
        case Unexamined(reason):
            return verdict(test, 0.0, "needs_person", reason)
        case NotRun(reason):
            return verdict(test, 0.0, "refused", reason)
        case Missing(reason, outcome):
            return verdict(test, 0.0, outcome, reason)
        case protocol.Ended():
            return verdict(test, 0.0, ending.outcome, ending.message)
        case protocol.Failed():
            return _of_error(test, ending)
        case protocol.Scored():
            return _of_value(test, ending.value)
        case _:
            assert_never(ending)


def _of_error(test: Cell, error: protocol.Failed) -> Verdict:
    words = "" if error.hidden or error.cautious else error.message
    if error.why == "refused":
        return verdict(test, 0.0, "refused", words or REFUSED, _test_check(error, words or REFUSED))
    if error.why == "assertion":
        return verdict(test, 0.0, "failed", words, _test_check(error, words))
    if error.why == "raised":
        return verdict(test, 0.0, "crashed", words, _test_check(error, words or "The answer stopped with an error."))
    if test.asks_checks:
        return verdict(test, 0.0, "needs_person", f"The test cell itself failed with {error.kind}.")
    return verdict(test, 0.0, "failed", words, _test_check(error, words, f"{error.kind}: {error.message}"))


def _test_check(error: protocol.Failed, words: str, detail: str = "") -> Check:
    return Check("test", False, error.hidden, words, detail=detail or error.message)


def _of_value(test: Cell, value: float | str | None) -> Verdict:
    """A test cell without `checks` that reached its last line: that line's float, or all points."""
    points = test.points if value is None else value
    if not isinstance(points, float) or not 0 <= points <= test.points:
        told = f"The test cell ended with {value!r}; a float between 0 and {test.points:g} was expected."
        return verdict(test, 0.0, "needs_person", told)
    whole = points == test.points
    return verdict(
        test, points, "passed" if whole else "partial" if points else "failed", "", Check("test", whole, True)
    )


def _checked(test: Cell, found: Verdict) -> Verdict:
    """A verdict that says what it may: points between nothing and its maximum, and not all where a check failed."""
    honest = 0 <= found.points <= test.points and len(found.checks) <= MOST_CHECKS
    complete = not found.checks or found.points < test.points or all(check.passed for check in found.checks)
    if not honest or not complete:
        return verdict(test, 0.0, "needs_person", "The examiner's verdict could not be read.")
    return replace(found, question=test.question, max=test.points)
