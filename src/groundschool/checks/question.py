"""One question while its test cell runs: takes the answer, compares, and says what it is worth.

A test cell opens with `checks.question(...)`, states visible checks, calls `show()`, states hidden checks and ends with
`points`. How the answer is reached is `reach.py`'s, what it gave `observed.py`'s, what checks earn `points.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa

from groundschool import clients, fixtures
from groundschool.checks import counterexample, mistakes, place, points, show, sitting, values
from groundschool.checks.answers import Frame, Stopped
from groundschool.checks.backend import Fixture, Query
from groundschool.checks.beside import Beside, beside
from groundschool.checks.observed import NOT_ATTEMPTED, Observed, compared, observe, print_of
from groundschool.checks.points import VISIBLE_SHARE, Weighed
from groundschool.checks.reach import Reach
from groundschool.checks.sitting import Sample, Sat
from groundschool.checks.table.arrow import to_table
from groundschool.checks.table.compare import Rules
from groundschool.checks.verdict import Check, Counterexample, Outcome, Verdict
from groundschool.checks.within import Watched, Within, apart, beyond
from groundschool.engines.engine import DEFAULT, Kind
from groundschool.engines.spark_cost import together

MOST_COUNTEREXAMPLES = 2
IN_WORDS = "it is an answer in words"
DERIVED = object()  # the parts of a check say how the answer is asked


class ChecksFailed(AssertionError):
    """Visible checks failed. Raised by `show()`, so that a tool which runs the notebook sees that the cell failed.

    The box above it says all there is to say; where its cell ran is of no use to anybody.
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Question(Reach):
    """A question under examination. Made by `question()`."""

    def __init__(self, name: str, answer: Any, points: float, rules: Rules, by: str, how: Query) -> None:
        super().__init__(name, answer, how, place.current())
        self.max, self.rules, self.by = float(points), rules, by
        self.seen: dict[str, str] = {}  # by check that failed: what a known mistake is recognised by
        self._checks: list[Check] = []
        self._weighed: list[Weighed] = []
        self._unexplained: list[tuple[int, Callable[[], Counterexample | None]]] = []
        self._endings: list[Observed] = []
        self._reading: Any = None
        self._recorded = ""
        self._beside: dict[str, Beside] = {}
        self._sample: Sample | None = None
        self._where.opened(self)

    # -- checks

    def same(
        self,
        name: str,
        expected: Any,
        *,
        answer: Any = DERIVED,
        rules: Rules | None = None,
        hidden: bool = False,
        weight: float = 1,
        within: Sequence[Within] = (),
        **parts: Any,
    ) -> None:
        """The answer's table over the parts equals the expected one, which may be a function without arguments.

        Where the parts do not say how the answer is asked, `answer` does: what it gives, or a function that asks it.
        With `within` the call must also cost no more in Spark than each of these allows.
        """
        rules = rules or self.rules
        want = to_table(_value(expected))
        ask = self._asked(answer, parts) if not within or answer is not DERIVED else lambda: self.watched(**parts)
        seen, cost = apart(self._observe(ask, hidden))
        message, detail = compared(seen, want, rules, self._private(hidden))
        over = "" if detail else beyond(within, cost)
        if not hidden and not place.autograding():
            self._put_beside(name, seen, want, rules, same=not detail)
            if answer is DERIVED and self._sample is None:
                self._sample = Sample(partial(self._of_another, parts), want, rules)
        self._record(
            name,
            message or over,
            detail or over,
            hidden=hidden,
            weight=weight,
            print_=print_of(seen, rules) if detail else over,
            idle=not want.num_rows,
        )

    def agrees(
        self,
        name: str,
        expected: Callable[..., Any],
        *,
        answer: Callable[..., Any] | None = None,
        by: str | None = None,
        rules: Rules | None = None,
        weight: float = 1,
        within: Sequence[Within] = (),
        **parts: Any,
    ) -> None:
        """Hidden: the answer over the parts, some of them generated, equals what `expected(**parts)` makes of them.

        `by` names the column whose values are independent of each other; with it `explain` can find a counterexample of
        at most five rows a part from public data. `within` is as in `same`.
        """
        ask: Callable[..., Any] = answer or (self.watched if within else self._derived)
        rules, by = rules or self.rules, self.by if by is None else by
        given = {
            part: self._where.part(value) if isinstance(value, Fixture) else value for part, value in parts.items()
        }
        want = self._where.expected(name, lambda: to_table(expected(**given)))
        seen, cost = apart(self._observe(lambda: ask(**given), True))
        message, detail = compared(seen, want, rules, private=True)
        over = "" if detail else beyond(within, cost)
        if detail and by and self.attempted and not seen.refusal and not self._stopped:
            find = partial(counterexample.find, answer=ask, expected=expected, by=by, rules=rules)
            self._unexplained.append((len(self._checks), lambda: find(_public(parts))))
        self._record(
            name,
            message or over,
            detail or over,
            hidden=True,
            weight=weight,
            print_=print_of(seen, rules) if detail else over,
            idle=not want.num_rows,
        )

    def equal(
        self,
        name: str,
        expected: Any,
        *,
        answer: Any = DERIVED,
        hidden: bool = False,
        weight: float = 1,
        **arguments: Any,
    ) -> None:
        """The answer's plain value for these arguments equals the expected one, floats within 1e-9.

        The expected one may be a function without arguments; `answer` is as in `same`.
        """
        want, seen = _value(expected), self._observe(self._asked(answer, arguments), hidden)
        alike = not seen.error and values.alike(seen.value, want)
        words = "" if alike else f"{values.brief(seen.value)} was returned; {values.brief(want)} was expected."
        told = "The value differs from what was expected." if words and self._private(hidden) else words
        self._record(
            name,
            seen.told or told,
            seen.error or words,
            hidden=hidden,
            weight=weight,
            print_=seen.kind or values.brief(seen.value),
        )

    def true(self, name: str, condition: Any, *, message: str = "", hidden: bool = False, weight: float = 1) -> None:
        """The condition holds. It may be a function without arguments; anything but `True` fails with `message`."""
        seen = self._observe(lambda: _value(condition), hidden)
        holds = seen.value is True or type(seen.value).__name__ in ("bool_", "bool") and bool(seen.value)
        words = "" if holds else message or "This does not hold."
        self._record(
            name,
            seen.told or words,
            seen.error or words,
            hidden=hidden,
            weight=weight,
            print_=f"{seen.kind}{holds}",
        )

    def is_an_answer(self, question: str) -> None:
        """Visible: the text is an answer at all (not blank, not the question repeated), however good."""
        from groundschool.checks.rubric import is_an_answer

        words = (
            is_an_answer(self.answer, question)
            if isinstance(self.answer, str)
            else f"This is {type(self.answer).__name__}; text was expected."
        )
        if not words:
            self._recorded = f"recorded: {len(str(self.answer).split()):,} words, read when graded"
        self._record(IN_WORDS, words, words, hidden=False, print_=words)

    def rubric(self) -> None:
        """Scores the answer's free text by the question's `rubric.yaml`: its one hidden check."""
        from groundschool.checks import prose

        judged = prose.judge(self.name, str(self.answer), self._where) if self.attempted else prose.NOT_ATTEMPTED
        self._reading = judged.reading
        self.seen["the text"] = values.digest(str(self.answer))  # tells apart mistakes that read alike
        self._record(
            "what the answer says",
            judged.message,
            judged.detail,
            hidden=True,
            print_=judged.print_ or self.seen["the text"],
            share=judged.credit,
        )
        if self._reading:
            found, words = tuple(self._reading.found), tuple(self._reading.words)
            self._checks[-1] = replace(self._checks[-1], found=found, words=words)

    def _asked(self, answer: Any, parts: Mapping[str, Any]) -> Callable[[], Any]:
        return (lambda: self._derived(**parts)) if answer is DERIVED else (lambda: _value(answer))

    def _derived(self, **parts: Any) -> Any:
        """The call of the answer that its parts tell: tables are frames, everything else is what it is."""
        return self.call(**_framed(parts))

    def watched(self, **parts: Any) -> Watched:
        """The call of the answer that these parts tell, with what it costs in Spark: for a check that says by itself
        how the answer is asked, and has a `within`.
        """
        return Watched(*self.watch(**_framed(parts)))

    def _of_another(self, parts: Mapping[str, Any], answer: Any) -> Any:
        """The same call of another answer."""
        return Reach(self.name, answer, self.how, self._where).call(**_framed(parts))

    def _put_beside(self, name: str, seen: Observed, want: pa.Table, rules: Rules, *, same: bool) -> None:
        found = None if seen.error else beside(seen.value, want, rules, same=same)
        if found:
            self._beside[name] = found

    def _private(self, hidden: bool) -> bool:
        return hidden or self._where.cautious

    def _observe(self, ask: Callable[[], Any], hidden: bool) -> Observed:
        if not self.attempted:
            return NOT_ATTEMPTED
        seen = observe(ask, self._private(hidden))
        if seen.outcome:
            self._endings.append(seen)
        return seen

    def _record(
        self,
        name: str,
        message: str,
        detail: str,
        *,
        hidden: bool,
        weight: float = 1,
        print_: str = "",
        idle: bool = False,
        share: float | None = None,
    ) -> None:
        passed = share == 1 if share is not None else not detail and not message
        self._checks.append(Check(name=name, passed=passed, hidden=hidden, message=message, detail=detail))
        self._weighed.append(Weighed(hidden, weight * (share if share is not None else float(passed)), weight, idle))
        self.seen[name] = print_

    # -- explaining

    @property
    def can_explain(self) -> bool:
        """Whether a counterexample may be found for a failed hidden check."""
        return bool(self._unexplained)

    def explain(self) -> dict[int, Counterexample]:
        """Counterexamples for a few failed hidden checks, by the check's place. The verdict does not depend on them.

        Where strangers are graded, this runs when every verdict stands, against a process that never saw a hidden
        input.
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

    # -- the verdict

    def show(self) -> None:
        """Draws the visible checks. Raises ChecksFailed when one failed, unless the notebook is being graded."""
        recorded = {IN_WORDS: self._recorded} if self._recorded else {}
        told = (show.worked(self.tries), together(self.costs).told(), clients.bill(self.bill or ()))
        bill = [each for each in told if each]
        show.draw(self.name, self.attempted, self._checks, recorded, bill, self._beside)
        sitting.remember(self.name, Sat(self.answer, self.attempted, tuple(self._checks), self._sample))
        self.bill = None
        if not place.autograding() and not all(check.passed for check in self._checks):
            raise ChecksFailed(show.summary(self.name, self.attempted, self._checks))

    @property
    def points(self) -> float:
        """What the answer earns by the checks stated so far: between 0.0 and the question's points."""
        return self.verdict().points

    def verdict(self) -> Verdict:
        """The verdict over all checks stated so far."""
        shares = points.shares(self._weighed, self.max, self._visible_share)
        weighed = [
            replace(check, earned=round(earned, 4), worth=round(worth, 4))
            for check, (earned, worth) in zip(self._checks, shares, strict=True)
        ]
        checks = (
            weighed
            if all(check.passed for check in weighed)
            else mistakes.explain(weighed, self.seen, self._where.mistakes())
        )
        reading = self._reading
        outcome = self._outcome()
        refusal = next((ending.refusal for ending in self._endings if ending.refusal), "")
        return Verdict(
            question=self.name,
            points=0.0 if outcome in ("refused", "not_attempted") else self._earned(),
            max=self.max,
            outcome=outcome,
            signals=tuple(reading.signals) if reading else (),
            checks=tuple(checks),
            notes=tuple(reading.notes) if reading else (),
            reason=refusal or (reading.reason if reading else ""),
        )

    def _outcome(self) -> Outcome:
        if not self.attempted:
            return "not_attempted"
        if any(ending.refusal for ending in self._endings):
            return "refused"
        if self._reading is not None and self._reading.needs_person:
            return "needs_person"
        if self._endings:
            return next((ending.outcome for ending in self._endings if ending.outcome != "crashed"), None) or "crashed"
        if all(check.passed for check in self._checks):
            return "passed"
        return "partial" if self._earned() > 0 else "failed"

    @property
    def _stopped(self) -> Outcome | None:
        """How the answer's process was ended, the first time it was."""
        return next((ending.outcome for ending in self._endings if ending.stopped), None)

    def _earned(self) -> float:
        return points.earned(self._weighed, self.max, self._visible_share)

    @property
    def _visible_share(self) -> float:
        return 0.0 if self._reading is not None else VISIBLE_SHARE


def question(
    name: str,
    answer: Any,
    points: float,
    *,
    rules: Rules = Rules(),
    by: str = "",
    engine: str = DEFAULT,
    kind: Kind = "select",
    leaves: str = "",
) -> Question:
    """Opens the question `name` on the candidate's answer; `points` equals the points of the cell.

    `rules` and `by` are those of its checks. A text answer runs in `engine`, as one SELECT, one other statement, or a
    script; `leaves` names the table it leaves behind, which is compared in place of the rows it returns.
    """
    return Question(name, answer, points, rules, by, Query(engine, kind, leaves))


def _value(source: Any) -> Any:
    return source() if callable(source) and not isinstance(source, (pa.Table, Frame)) else source


def _framed(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Frame(part) if isinstance(part, pa.Table) else part for name, part in parts.items()}


def _public(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parts with generated data of the public example seed."""
    return {
        name: part.make(fixtures.EXAMPLE_SEED) if isinstance(part, Fixture) else part for name, part in parts.items()
    }
