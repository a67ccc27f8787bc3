"""What this process knows of the questions whose test cells have run in it: `run` shows an answer's rows over their
sample, `summary` how far one is.

Nothing is remembered, and nothing shown, while a notebook is graded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from groundschool.checks import place, show
from groundschool.checks.answers import is_starter
from groundschool.checks.beside import beside
from groundschool.checks.observed import Observed, observe
from groundschool.checks.show import FAILED, OPEN, PASSED, Box, Row
from groundschool.checks.table.rules import Rules
from groundschool.checks.verdict import Check


@dataclass(frozen=True)
class Sample:
    """The public input of a question's first visible check, as a way to ask any answer of it, and what is expected."""

    ask: Callable[[Any], Any]
    want: pa.Table
    rules: Rules


@dataclass
class Sat:
    """A question as its test cell left it."""

    answer: Any
    attempted: bool
    checks: Sequence[Check] = ()
    sample: Sample | None = field(default=None, repr=False)

    @property
    def passed(self) -> int:
        """How many visible checks passed."""
        return sum(check.passed for check in self.checks)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left that can be seen here."""
        return self.attempted and self.passed == len(self.checks)


_sat: dict[str, Sat] = {}  # by question, in the order in which their test cells first ran


def remember(question: str, sat: Sat) -> None:
    """Notes what a test cell has found, in place of what it found before."""
    if not place.autograding():
        _sat[question] = sat


def forget() -> None:
    """Begins anew, as a fresh kernel does."""
    _sat.clear()


def run(answer: Any) -> None:
    """Shows what an answer gives over the sample of its question, beside what is expected; any query may be tried.

    The sample is that of the question whose answer it is, or else of the one whose test cell ran last.
    """
    if place.autograding():
        return
    name = _question_of(answer)
    sample = _sat[name].sample if name else None
    if sample is None:
        show.put(Box((), ["Run the test cell of the question first: it holds the sample, and what is expected."]))
        return
    if is_starter(answer):
        show.put(Box((), [f"`{name}` is not attempted yet."]))
        return
    seen = observe(lambda: sample.ask(answer), private=False)
    show.put(_rows_of(name, seen, sample))


def summary() -> None:
    """Shows the questions whose test cells have run, their visible checks, and what comes next."""
    if _sat:
        rows = [Row(_mark(sat), name, _told(sat)) for name, sat in _sat.items()]
        done = all(sat.is_done for sat in _sat.values())
        show.put(Box(rows, [_next(_sat)], PASSED if done else OPEN, ("", "question", "visible checks")))


def _rows_of(name: str, seen: Observed, sample: Sample) -> Box:
    if seen.error:
        return Box((), [f"{name}: {seen.told}"], FAILED)
    found = beside(seen.value, sample.want, sample.rules, same=False)
    if found is None:
        return Box((), [f"{name}: what was returned is no table; a table was expected."], FAILED)
    return Box((Row("", f"{name}, over the sample", "", found),), head=())


def _question_of(answer: Any) -> str:
    """The question that the notebook's names call this answer's; else the last one, "" where there is none."""
    from IPython.core.interactiveshell import InteractiveShell

    names = InteractiveShell.instance().user_ns if InteractiveShell.initialized() else {}
    own = [name for name, sat in _sat.items() if names.get(name) is answer or sat.answer is answer]
    return (own or [*_sat] or [""])[-1]


def _mark(sat: Sat) -> str:
    return "" if not sat.attempted else "✓" if sat.is_done else "✗"


def _told(sat: Sat) -> str:
    return f"{sat.passed} of {len(sat.checks)} passed" if sat.attempted else "not attempted"


def _next(sat: Mapping[str, Sat]) -> str:
    open_ = next((name for name, each in sat.items() if not each.is_done), "")
    if open_:
        return f"Next: `{open_}`, {'whose checks failed' if sat[open_].attempted else 'not attempted yet'}."
    return "All visible checks passed. Next: save the notebook; `groundschool check` and `pack` read the file."
