"""Where a test cell runs, and how it reaches the candidate's side from there.

`Kernel` is the notebook's own kernel, where both sides are one process: Validate, nbval, stock nbgrader and a learner's own
checks. Grading puts another place here (`use`), whose candidate lives in another box. A test cell never notices.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from groundschool import fixtures
from groundschool.checks import answers
from groundschool.checks.verdict import Verdict
from groundschool.engines import duckdb_


@dataclass(frozen=True)
class Fixture:
    """A generated table that is not committed: `name` of the generator and its options."""

    name: str
    options: Mapping[str, Any]

    def table(self, seed: int) -> pa.Table:
        """The table for a seed; equal on every machine."""
        return fixtures.table(self.name, seed=seed, **self.options)

    @property
    def key(self) -> str:
        """A text that is equal for equal fixtures."""
        return f"{self.name} {sorted(self.options.items())!r}"


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give. `seen` maps a check's name to the fingerprint of this mistake's output there."""

    name: str
    message: str
    seen: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """What a script of the candidate's did: exit code, its output as text, and the files asked for (None where missing)."""

    exit: int
    output: str
    files: Mapping[str, bytes | None] = field(default_factory=dict)


class Place(Protocol):
    """What `Question` asks of the place where it runs."""

    cautious: bool  # whether hidden data may have reached the answer even before a visible check

    def call(self, answer: Any, positional: Sequence[object], named: Mapping[str, object], changed: bool) -> Any:
        """The result of the answer's function, as plain data; with `changed`, also the arguments after the call."""

    def query(self, text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        """The rows a query of the candidate's returns."""

    def read(self, name: str) -> bytes | None:
        """The content of a file that a cell wrote, None when it is missing."""

    def run(self, name: str, arguments: Sequence[str], given: Mapping[str, bytes], collect: Sequence[str]) -> Run:
        """Runs a script that a cell wrote, in the candidate's place."""

    def table(self, fixture: Fixture) -> pa.Table:
        """The hidden table of a fixture."""

    def expected(self, question: str, check: str, compute: Callable[[], Any]) -> Any:
        """What a hidden check expects; `compute` makes it where it is not known yet."""

    def mistakes(self, question: str) -> Sequence[Mistake]:
        """The known mistakes of a question; none where the instructor's folder is not at hand."""

    def opened(self, question: Any) -> None:
        """Takes note of the question whose test cell has begun."""

    def finished(self, verdict: Verdict, seen: Mapping[str, str]) -> None:
        """Takes the verdict of a question whose test cell has reached its last line."""


class Kernel:
    """Both sides in one process, with the practice seed."""

    cautious = False

    def call(self, answer: Any, positional: Sequence[object], named: Mapping[str, object], changed: bool) -> Any:
        return call(answer, positional, named, changed)

    def query(self, text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        return duckdb_.run(text, tables)

    def read(self, name: str) -> bytes | None:
        path = Path(name)
        return path.read_bytes() if path.is_file() else None

    def run(self, name: str, arguments: Sequence[str], given: Mapping[str, bytes], collect: Sequence[str]) -> Run:
        from groundschool.checks.script import run_script

        return run_script(name, arguments, given, collect)

    def table(self, fixture: Fixture) -> pa.Table:
        return fixture.table(fixtures.PRACTICE_SEED)

    def expected(self, question: str, check: str, compute: Callable[[], Any]) -> Any:
        return compute()

    def mistakes(self, question: str) -> Sequence[Mistake]:
        return ()

    def opened(self, question: Any) -> None:
        """Nobody listens in a kernel."""

    def finished(self, verdict: Verdict, seen: Mapping[str, str]) -> None:
        """Nobody listens in a kernel: the cell's value is all that nbgrader reads."""


def call(answer: Any, positional: Sequence[object], named: Mapping[str, object], changed: bool) -> Any:
    """Calls a candidate's function in this process. Raises AnswerRaised for whatever ordinary exception it raises."""
    arguments = answers.materialise({**{str(i): value for i, value in enumerate(positional)}, **named})
    placed = [arguments.pop(str(i)) for i in range(len(positional))]
    try:
        result = answers.bring_back(answer(*placed, **arguments))
    except answers.NotAnAnswer:
        raise
    except Exception as error:
        raise answers.AnswerRaised.of(type(error).__name__, str(error)[:2000]) from error
    return (result, {**{str(i): value for i, value in enumerate(placed)}, **arguments}) if changed else result


class _NoSpark:
    """Stands for the session in the examiner, which starts no JVM and needs none: test cells hold no engine object."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"The examiner has no Spark session; `spark.{name}` belongs into the candidate's cells.")


NO_SPARK = _NoSpark()
_place: Place = Kernel()


def current() -> Place:
    """The place where test cells of this process run."""
    return _place


def use(place: Place) -> None:
    """Makes `place` the current one; grading does it once, before any test cell runs."""
    global _place
    _place = place


def autograding() -> bool:
    """Whether nbgrader (or our grader) executes the notebook to grade it: then a failed visible check must not raise."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"
