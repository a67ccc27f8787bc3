"""Tells one score: of each question its checks and what each was worth, repairs of the notebook, persons' decisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from groundschool.checks.verdict import Check, Verdict
from groundschool.errors import GroundSchoolError
from groundschool.results import HandIn, Shown


class NotGraded(GroundSchoolError):
    """There is no result of that candidate and topic."""


def newest(hand_ins: Sequence[HandIn], candidate: str, topic: str) -> HandIn:
    """The newest hand-in of a candidate, named as people write it or as folders are, for a topic. Raises NotGraded."""
    own = [each for each in hand_ins if candidate.casefold() in (each.candidate.casefold(), each.name.casefold())]
    found = next((each for each in own if each.topic == topic), None)
    if found:
        return found
    if own:
        graded = ", ".join(sorted({each.topic for each in own}))
        raise NotGraded(f"{candidate} has no result for {topic}. Graded so far: {graded}.")
    names = sorted({each.name or each.candidate for each in hand_ins})
    told = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    raise NotGraded(f"There is no result of {candidate}. Graded so far: {told or 'nobody'}.")


def explained(shown: Shown, hand_in: HandIn, question: str = "") -> list[str]:
    """The lines that tell a hand-in's score, or one question's part of it. Raises NotGraded for an unknown question."""
    result = shown.result
    chosen = [verdict for verdict in result.questions if question in ("", verdict.question)]
    if question and not chosen:
        asked = ", ".join(verdict.question for verdict in result.questions)
        raise NotGraded(f"{hand_in.topic} has no question {question} in this result. Expected one of: {asked}.")
    lines = [f"{hand_in.name or hand_in.candidate}, {hand_in.topic}: {result.score:g} of {result.max:g} points"]
    lines.append(f"isolation: {result.isolation}; result {hand_in.key}")
    lines += [f"Repair: {flag}" for flag in result.flags]
    for verdict in chosen:
        lines += ["", *_of(verdict)]
    return lines


def _of(verdict: Verdict) -> Iterator[str]:
    outcome = verdict.outcome.replace("_", " ")
    yield f"{verdict.question}: {verdict.points:g} of {verdict.max:g} points, {outcome}"
    for check in verdict.checks:
        yield f"  {_mark(check)} {check.name}{_kind(check)}{_worth(check)}"
        if not check.passed:
            yield from (
                f"      {told}" for told in (check.message, check.mistake and f"mistake: {check.mistake}") if told
            )
    if verdict.signals:
        yield f"  signals: {', '.join(verdict.signals)}"
    yield from (f"  {note}" for note in verdict.notes)
    if verdict.reason:
        yield f"  {verdict.reason}"


def _mark(check: Check) -> str:
    return "+" if check.passed else "-"


def _kind(check: Check) -> str:
    return " (hidden)" if check.hidden else " (visible)"


def _worth(check: Check) -> str:
    return f": {check.earned:.2f} of {check.worth:.2f} points" if check.worth else ""
