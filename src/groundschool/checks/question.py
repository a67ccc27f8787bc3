"""One question while its test cell runs: takes the answer, compares, and says what it is worth.

A test cell opens with `checks.question(...)`, states visible checks, calls `show()`, states hidden checks and ends with
`points`. How tables are compared is `compare.py`'s, where the answer lives is `place.py`'s, how it looks is `show.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pyarrow as pa

from groundschool import fixtures
from groundschool.checks import backend, counterexample, mistakes, show, values
from groundschool.checks.answers import REFUSED, AnswerRaised, Frame, NotAnAnswer, Stopped, is_starter, kind_of
from groundschool.checks.backend import Fixture, Run
from groundschool.checks.table.arrow import NotATable, to_table
from groundschool.checks.table.compare import Rules, compare, fingerprint
from groundschool.checks.verdict import Check, Counterexample, Outcome, Verdict
from groundschool.engines.duckdb_ import QueryFailed, QueryRefused

MOST_COUNTEREXAMPLES = 2
VISIBLE_SHARE = 0.2  # of a question's points, at most, when it has hidden checks too


class ChecksFailed(AssertionError):
    """Visible checks failed. Raised by `show()`, so that a notebook run from top to bottom stops at the question."""


@dataclass(frozen=True)
class _Seen:
    """What a check saw of the answer: a value, or the error it ended with."""

    value: Any = None
    error: str = ""
    safe: str = ""  # the error without any text of the answer's, for hidden checks
    kind: str = ""
    refused: bool = False


class Question:
    """A question under examination. Made by `question()`."""

    def __init__(self, name: str, answer: Any, points: float) -> None:
        self.name, self.answer, self.max = name, answer, float(points)
        self.attempted = not is_starter(answer)
        self._checks: list[Check] = []
        self._weights: list[tuple[float, float, bool]] = []  # earned, possible, whether nothing was the right answer
        self._unexplained: list[tuple[int, Callable[[], Counterexample | None]]] = []
        self.seen: dict[str, str] = {}
        self._crashed = False
        self._refused = ""
        self._stopped: Outcome | None = None
        self._reading: Any = None
        self._where = backend.current()
        self._where.opened(self)

    # -- reaching the answer

    def call(self, *positional: object, **named: object) -> Any:
        """The answer's result: a query over the tables given as `Frame`s, or the function called with the arguments."""
        if isinstance(self.answer, str):
            return self._where.query(
                self.answer, {name: to_table(getattr(table, "table", table)) for name, table in named.items()}
            )
        self._must_be_function()
        return self._where.call(self.answer, positional, named, changed=False)

    def call_and_see(self, **named: object) -> tuple[Any, Mapping[str, Any]]:
        """Like `call` for a function, with the arguments as they are after the call."""
        self._must_be_function()
        result, after = self._where.call(self.answer, (), named, changed=True)
        return result, after

    def read(self, name: str) -> str:
        """The text of a file the answer's cell wrote; empty when it is missing."""
        return (self._where.read(name) or b"").decode("utf-8", "replace")

    def run(
        self, name: str, *arguments: str, given: Mapping[str, bytes] | None = None, collect: Sequence[str] = ()
    ) -> Run:
        """Runs a script the answer's cell wrote, with files beside it, and collects files it leaves."""
        return self._where.run(name, arguments, given or {}, collect)

    def fixture(self, name: str, **options: Any) -> Fixture:
        """A generated table for a hidden check; see `groundschool.fixtures` for names and options."""
        return Fixture(name, options)

    def client(self, service: str) -> Any:
        """A client of the lab with the examiner's credentials, to look at the state the answer left there."""
        from groundschool import lab

        return lab.client(service, role="examiner")

    def requests(self) -> Sequence[Any]:
        """What was asked of the lab so far: see `groundschool.lab.Request`. The candidate's are those of its `role`."""
        from groundschool import lab

        return lab.requests()

    def _must_be_function(self) -> None:
        if kind_of(self.answer) != "function" and not callable(self.answer):
            raise NotAnAnswer(
                f"`{self.name}` is {type(self.answer).__name__}; a function was expected, or a query as text."
            )

    # -- checks

    def same(
        self, name: str, answer: Any, expected: Any, *, rules: Rules = Rules(), hidden: bool = False, weight: float = 1
    ) -> None:
        """The answer's table equals the expected one. `answer` and `expected` may be functions without arguments."""
        private = hidden or self._where.cautious
        want = to_table(_value(expected))
        seen = self._observe(answer, private)
        self._record(
            name,
            *self._compared(seen, want, rules, private),
            hidden=hidden,
            weight=weight,
            print_=_print_of(seen, rules),
            idle=not want.num_rows,
        )

    def agrees(self, name: str, fixture: Fixture, answer: Callable[[pa.Table], Any], expected: Callable[[pa.Table], Any], *,
               by: str = "", rules: Rules = Rules(), weight: float = 1) -> None:  # fmt: skip
        """Hidden: the answer over a generated table equals what `expected` makes of it.

        `by` names the column whose values are independent of each other; with it `explain` can find a counterexample of at most
        five rows from public data.
        """
        table = self._where.table(fixture)
        want = self._where.expected(self.name, name, lambda: to_table(expected(table)))
        seen = self._observe(lambda: answer(table), private=True)
        message, detail = self._compared(seen, want, rules, private=True)
        if detail and by and not seen.refused and not self._stopped:
            find = partial(counterexample.find, answer=answer, expected=expected, by=by, rules=rules)
            self._unexplained.append((len(self._checks), lambda: find(fixture.table(fixtures.EXAMPLE_SEED))))
        self._record(
            name, message, detail, hidden=True, weight=weight, print_=_print_of(seen, rules), idle=not want.num_rows
        )

    @property
    def can_explain(self) -> bool:
        """Whether a counterexample may be found for a failed hidden check."""
        return bool(self._unexplained)

    def explain(self) -> dict[int, Counterexample]:
        """Counterexamples for a few failed hidden checks, by the check's place. The verdict does not depend on them.

        Where strangers are graded, this runs when every verdict stands, against a process that never saw a hidden input.
        """
        found: dict[int, Counterexample] = {}
        for number, find in self._unexplained:
            try:
                example = find()
            except Stopped:
                break
            except Exception:  # the answer is wrong already, and here it may make anything raise
                continue
            if example:
                found[number] = example
            if len(found) == MOST_COUNTEREXAMPLES:
                break
        return found

    def is_an_answer(self, question: str) -> None:
        """Visible: the text is an answer at all (not blank, not the question repeated), however good."""
        from groundschool.checks.rubric import is_an_answer

        words = (
            is_an_answer(self.answer, question)
            if isinstance(self.answer, str)
            else f"This is {type(self.answer).__name__}; text was expected."
        )
        self._record("it is an answer in words", words, words, hidden=False, print_=words)

    def true(self, name: str, condition: Any, *, message: str = "", hidden: bool = False, weight: float = 1) -> None:
        """The condition holds. It may be a function without arguments; anything but `True` fails with `message`."""
        private = hidden or self._where.cautious
        seen = self._observe(condition, private)
        holds = seen.value is True or type(seen.value).__name__ in ("bool_", "bool") and bool(seen.value)
        words = "" if holds else message or "This does not hold."
        text = (seen.safe if private else seen.error) if seen.error else words
        self._record(name, text, seen.error or words, hidden=hidden, weight=weight, print_=f"{seen.kind}{holds}")

    def equal(self, name: str, answer: Any, expected: Any, *, hidden: bool = False, weight: float = 1) -> None:
        """The answer's plain value equals the expected one; floats within 1e-9. Both may be functions without arguments."""
        private = hidden or self._where.cautious
        want, seen = _value(expected), self._observe(answer, private)
        alike = not seen.error and values.alike(seen.value, want)
        words = f"{values.brief(seen.value)} was returned; {values.brief(want)} was expected."
        text = (seen.safe if private else seen.error) or (
            "" if alike else "The value differs from what was expected." if private else words
        )
        self._record(
            name,
            text,
            seen.error or ("" if alike else words),
            hidden=hidden,
            weight=weight,
            print_=seen.kind or values.brief(seen.value),
        )

    def rubric(self, rubric: Any) -> None:
        """Scores the answer's free text by a rubric: the question's one hidden check."""
        from groundschool.checks.rubric import score

        self._reading = score(str(self.answer), rubric) if self.attempted else None
        reading = self._reading
        credit = reading.credit if reading else 0.0
        words = "" if credit == 1 else _rubric_message(reading)
        self.seen["the text"] = values.digest(str(self.answer))  # tells apart mistakes that read alike
        self._record(
            "what the answer says",
            words,
            words,
            hidden=True,
            print_=f"{credit} {sorted(reading.missing) if reading else ''}",
            share=credit,
        )

    def _observe(self, answer: Any, private: bool) -> _Seen:
        """What the answer gives. With `private`, hidden data was among its inputs: no text of its making is shown."""
        if not self.attempted:
            return _Seen(error="Not attempted.", safe="Not attempted.", kind="not attempted")
        try:
            return _Seen(value=_value(answer))
        except (QueryRefused, NotAnAnswer) as error:
            self._refused = self._refused or (REFUSED if private else str(error))
            return _Seen(error=str(error), safe="The answer was refused.", kind="refused", refused=True)
        except Stopped as error:
            self._stopped = self._stopped or cast(Outcome, error.outcome)
            return _Seen(error=str(error), safe=str(error), kind=error.outcome)
        except QueryFailed as error:
            self._crashed = True
            return _Seen(
                None,
                f"The query does not run: {error}",
                f"The query does not run: {_category(str(error))}.",
                f"query {values.shape(str(error))}",
            )
        except AnswerRaised as error:
            self._crashed = True
            name, kind = values.error_name(error.kind), f"{error.kind} {values.shape(str(error))}"
            return _Seen(
                error=f"The answer stopped with {error.kind}: {error}"[:600],
                safe=f"The answer stopped with {name}.",
                kind=kind,
            )
        except Exception as error:
            if not _of_the_lab(error):
                raise
            code = _lab_code(error)
            return _Seen(error=f"The lab answered: {error}"[:600], safe=f"The lab answered {code}.", kind=f"lab {code}")

    def _compared(self, seen: _Seen, want: pa.Table, rules: Rules, private: bool) -> tuple[str, str]:
        """Message for the candidate and detail for the instructor; both empty when the answer is right."""
        if seen.error:
            return (seen.safe if private else seen.error), seen.error
        try:
            difference = compare(to_table(seen.value, want.column_names), want, rules)
        except NotATable as error:
            return ("The answer is not a table." if private else str(error)), str(error)
        if difference is None:
            return "", ""
        detail = f"{difference.message}\n{difference.detail}".strip()
        return (difference.outline if private else detail), detail

    def _record(self, name: str, message: str, detail: str, *, hidden: bool, weight: float = 1, print_: str = "",
                idle: bool = False, share: float | None = None) -> None:  # fmt: skip
        passed = not detail and not message
        self._checks.append(Check(name=name, passed=passed, hidden=hidden, message=message, detail=detail))
        self._weights.append((weight * (share if share is not None else float(passed)), weight, idle))
        self.seen[name] = print_

    # -- the verdict

    def show(self) -> None:
        """Draws the visible checks. Raises ChecksFailed when one failed, unless the notebook is being graded."""
        show.draw(self.name, self.attempted, self._checks)
        if not backend.autograding() and not all(check.passed for check in self._checks):
            raise ChecksFailed(show.summary(self.name, self.attempted, self._checks))

    @property
    def points(self) -> float:
        """What the answer earns: between 0.0 and the question's points. Ends the question."""
        verdict = self.verdict()
        self._where.finished(verdict, self.seen)
        return verdict.points

    def verdict(self) -> Verdict:
        """The verdict over all checks stated so far."""
        checks = mistakes.explain(self._checks, self.seen, self._where.mistakes(self.name))
        reading = self._reading
        outcome = self._outcome()
        points = 0.0 if outcome in ("refused", "not_attempted") else self._earned()
        return Verdict(
            question=self.name, points=points, max=self.max, outcome=outcome, checks=tuple(checks), reason=self._refused or (reading.reason if reading else ""),
            signals=tuple(reading.signals) if reading else (), notes=tuple(reading.notes) if reading else (),
        )  # fmt: skip

    def _outcome(self) -> Outcome:
        if not self.attempted:
            return "not_attempted"
        if self._refused:
            return "refused"
        if self._reading is not None and self._reading.needs_person:
            return "needs_person"
        if self._stopped or self._crashed:
            return self._stopped or "crashed"
        if all(check.passed for check in self._checks):
            return "passed"
        return "partial" if self._earned() > 0 else "failed"

    def _earned(self) -> float:
        """Visible checks share at most a fifth of the points; hidden ones the rest. Full points are exactly `max`.

        A hidden check to which nothing is the right answer earns only beside another: else returning nothing would earn.
        """
        sides = {True: [0.0, 0.0], False: [0.0, 0.0]}
        weighed = list(zip(self._checks, self._weights, strict=True))
        busy = [got for check, (got, _, idle) in weighed if check.hidden and not idle]
        for check, (got, total, idle) in weighed:
            sides[check.hidden][0] += 0.0 if check.hidden and idle and busy and not any(busy) else got
            sides[check.hidden][1] += total
        (hidden, hidden_total), (visible, visible_total) = sides[True], sides[False]
        if not hidden_total:
            return round(self.max * visible / visible_total, 2) if visible_total else 0.0
        share = VISIBLE_SHARE if visible_total and self._reading is None else 0.0
        part = share * (visible / visible_total if visible_total else 0) + (1 - share) * hidden / hidden_total
        return min(self.max, float(round(self.max * part, 2)))


def _category(message: str) -> str:
    """DuckDB's category of an error (`Binder Error`), without the text that a query can put values into."""
    category = message.split(":")[0]
    return category if category.endswith("Error") and len(category) < 40 else "an error"


def _of_the_lab(error: Exception) -> bool:
    """Whether a client of the lab raised it: the answer left something else there than the check looks for."""
    return type(error).__module__.partition(".")[0] == "botocore"


def _lab_code(error: Exception) -> str:
    """AWS's code of an error (`NoSuchKey`), without its text, which names what a hidden check looked for."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code") or type(error).__name__)[:100]


def _rubric_message(reading: Any) -> str:
    if reading is None:
        return "Not attempted."
    return (
        f"Not found in the answer: {', '.join(reading.missing)}."
        if reading.missing
        else "The answer says something that does not hold."
    )


def _value(source: Any) -> Any:
    return source() if callable(source) and not isinstance(source, (pa.Table, Frame)) else source


def _print_of(seen: _Seen, rules: Rules) -> str:
    if seen.error:
        return seen.kind
    try:
        return fingerprint(to_table(seen.value), rules)
    except NotATable:
        return f"not a table: {type(seen.value).__name__}"


def question(name: str, answer: Any, points: float) -> Question:
    """Opens the question `name` on the candidate's answer; `points` equals the points of the cell."""
    return Question(name, answer, points)
