"""What a test cell asks of the place where it runs: the `Backend`, and the data that it hands out.

The notebook's own kernel is one (`kernel.py`); grading has another, whose candidate lives in another box. Which of them
is asked is `place.py`'s; a test cell never notices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from groundschool import fixtures
from groundschool.engines.engine import DEFAULT, Kind
from groundschool.fixtures.dataset import Dataset, Part


@dataclass(frozen=True)
class Fixture:
    """Generated data that is not committed: what the generator `name` makes with these options; of several parts,
    `part`.
    """

    name: str
    options: Mapping[str, Any]
    part: str = ""

    def make(self, seed: int) -> Part:
        """The part for a seed; equal on every machine. Raises UnknownTable."""
        if not self.part:
            return fixtures.table(self.name, seed=seed, **self.options)
        made = fixtures.tables(self.name, seed=seed, **self.options)
        if self.part not in made:
            raise fixtures.UnknownTable(
                f"`{self.name}` makes no `{self.part}`; expected one of: {', '.join(sorted(made))}."
            )
        return made[self.part]


@dataclass(frozen=True)
class Query:
    """How a text answer is run: by which engine, as what, and which table is looked at afterwards (else the rows
    returned).
    """

    engine: str = DEFAULT
    kind: Kind = "select"
    leaves: str = ""


@dataclass(frozen=True)
class DagAsked:
    """A run of a Dag: of which, for which logical date (ISO's form; empty for none), with which values for params."""

    dag: str
    logical_date: str = ""
    conf: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people really give. `seen` maps a check's name to the fingerprint of this mistake's output
    there.
    """

    name: str
    message: str
    seen: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """What a script of the candidate's did: exit code, its output as text, and the files asked for (None where
    missing).
    """

    exit: int
    output: str
    files: Mapping[str, bytes | None] = field(default_factory=dict)


class Backend(Protocol):
    """What `Question` asks of the place where it runs."""

    examines: bool  # whether verdicts are made here, apart from the candidate's process
    cautious: bool  # whether hidden data may have reached the answer even before a visible check

    def call(self, answer: Any, positional: Sequence[object], named: Mapping[str, object], changed: bool) -> Any:
        """The result of the answer's function, as plain data; with `changed`, also the arguments after the call."""

    def watch(self, answer: Any, positional: Sequence[object], named: Mapping[str, object]) -> tuple[Any, Any]:
        """As `call`; also what it has cost in Spark as the answer's side tells it: what `engines.spark_cost` makes a
        Cost of.
        """

    def query(self, text: str, dataset: Dataset, how: Query) -> pa.Table:
        """The rows that a text of the candidate's returns, or the table that it leaves behind."""

    def read(self, name: str) -> bytes | None:
        """The content of a file that a cell wrote, None when it is missing."""

    def run(self, name: str, arguments: Sequence[str], given: Mapping[str, bytes], collect: Sequence[str]) -> Run:
        """Runs a script that a cell wrote, in the candidate's place."""

    def ask_airflow(self, name: str, run: DagAsked | None) -> Any:
        """What Airflow reports of a file that a cell wrote when it reads it, or when it runs one of its Dags: what
        `checks.dags` makes a DagFile or a DagRun of.
        """

    def client(self, service: str, role: str) -> Any:
        """A client of a service of the lab."""

    def requests(self) -> Sequence[Any]:
        """What was asked of the lab so far."""

    def part(self, fixture: Fixture) -> Part:
        """The hidden data of a fixture."""

    def expected(self, check: str, compute: Callable[[], Any]) -> Any:
        """What a hidden check of this question expects; `compute` makes it where it is not known yet."""

    def rubric(self, question: str) -> str:
        """The text of the `rubric.yaml` of a short answer."""

    def marked(self, question: str) -> str:
        """The text of its `labelled.jsonl`: the answers that persons have marked. Empty where there are none."""

    def mistakes(self) -> Sequence[Mistake]:
        """The known mistakes of this question; none where the instructor's folder is not at hand."""

    def opened(self, question: Any) -> None:
        """Takes note of the question whose test cell has begun. Its verdict is asked for when the cell has ended."""
