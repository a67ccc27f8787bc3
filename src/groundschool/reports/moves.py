"""Whose score moved when the same work was graded again: by how much, in which questions, and which checks tell why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from groundschool.checks.verdict import Result, Verdict
from groundschool.results import HandIn, Results

LEAST = 1e-6  # points; less is no move


@dataclass(frozen=True)
class Move:
    """One question of one hand-in that earns another number of points than by the result before. `why` is a sentence a
    reason.
    """

    candidate: str
    topic: str
    question: str
    before: float
    now: float
    why: tuple[str, ...]


def moves(results: Results) -> list[Move]:
    """All moves of the newest hand-ins, by candidate, topic and the notebook's order. What persons decided stays
    aside.
    """
    newest: dict[tuple[str, str], HandIn] = {}
    for each in results.hand_ins():  # the newest of each candidate and topic first
        newest.setdefault((each.candidate, each.topic), each)
    return [move for each in newest.values() for move in _moves(each, results)]


def _moves(hand_in: HandIn, results: Results) -> Iterator[Move]:
    before, now = results.load(hand_in.before) if hand_in.before else None, results.load(hand_in.key)
    if before is None or now is None:
        return
    known = {verdict.question: verdict for verdict in before.questions}
    for verdict in now.questions:
        earlier = known.get(verdict.question)
        points = earlier.points if earlier else 0.0
        if abs(verdict.points - points) > LEAST:
            why = _why(earlier, verdict) if earlier else ("The question is new.",)
            yield Move(hand_in.name or hand_in.candidate, hand_in.topic, verdict.question, points, verdict.points, why)
    for verdict in _gone(before, now):
        why = ("The question is not asked any more.",)
        yield Move(hand_in.name or hand_in.candidate, hand_in.topic, verdict.question, verdict.points, 0.0, why)


def _gone(before: Result, now: Result) -> list[Verdict]:
    asked = {verdict.question for verdict in now.questions}
    return [verdict for verdict in before.questions if verdict.question not in asked and verdict.points > LEAST]


def _why(before: Verdict, now: Verdict) -> tuple[str, ...]:
    told = []
    if before.max != now.max:
        told.append(f"It is worth {now.max:g} points, not {before.max:g}.")
    if before.outcome != now.outcome:
        told.append(f"{_words(before.outcome)} before, {_words(now.outcome)} now{': ' * bool(now.reason)}{now.reason}.")
    known = {check.name: check for check in before.checks}
    for check in now.checks:
        earlier = known.pop(check.name, None)
        if earlier is None:
            told.append(f"The check “{check.name}” is new and {_ended(check.passed)}.")
        elif earlier.passed != check.passed:
            told.append(f"The check “{check.name}” {_ended(earlier.passed)} before and {_ended(check.passed)} now.")
        elif abs(earlier.earned - check.earned) > LEAST:
            told.append(f"The check “{check.name}” earns {check.earned:g}, not {earlier.earned:g}.")
    told += [f"The check “{name}” is gone." for name in known]
    return tuple(told)


def _words(outcome: str) -> str:
    return outcome.replace("_", " ")


def _ended(passed: bool) -> str:
    return "passed" if passed else "failed"
