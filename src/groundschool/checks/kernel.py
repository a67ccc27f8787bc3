"""The notebook's own kernel as backend: both sides are one process, and hidden data is made from the practice seed.

So run Validate, nbval, stock nbgrader and a learner's own checks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from groundschool import clients, fixtures
from groundschool.checks import airflow, answers
from groundschool.checks.backend import DagAsked, Fixture, Mistake, Query, Run
from groundschool.checks.script import run_script
from groundschool.engines import engine, spark_cost
from groundschool.fixtures.dataset import Dataset, Part


class Kernel:
    """See `groundschool.checks.backend.Backend`."""

    examines = False
    cautious = False

    def call(self, answer: Any, positional: Sequence[object], named: Mapping[str, object], changed: bool) -> Any:
        return call(answer, positional, named, changed)

    def watch(self, answer: Any, positional: Sequence[object], named: Mapping[str, object]) -> tuple[Any, Any]:
        return watch(answer, positional, named)

    def query(self, text: str, dataset: Dataset, how: Query) -> pa.Table:
        return engine.answer(text, dataset, name=how.engine, kind=how.kind, leaves=how.leaves)

    def read(self, name: str) -> bytes | None:
        path = Path(name)
        return path.read_bytes() if path.is_file() else None

    def run(self, name: str, arguments: Sequence[str], given: Mapping[str, bytes], collect: Sequence[str]) -> Run:
        return run_script(name, arguments, given, collect)

    def ask_airflow(self, name: str, run: DagAsked | None) -> Any:
        return airflow.ask(name, self.read(name), run)

    def client(self, service: str, role: str) -> Any:
        return clients.client(service, role)

    def requests(self) -> Sequence[Any]:
        return clients.requests()

    def part(self, fixture: Fixture) -> Part:
        return fixture.make(fixtures.PRACTICE_SEED)

    def expected(self, check: str, compute: Callable[[], Any]) -> Any:
        return compute()

    def rubric(self, question: str) -> str:
        from groundschool.checks.rubric import file

        return file.text_of(question)

    def marked(self, question: str) -> str:
        from groundschool.checks.rubric import file

        return file.marked_of(question)

    def mistakes(self) -> Sequence[Mistake]:
        return ()

    def opened(self, question: Any) -> None:
        """Nobody waits for a verdict here: the cell's last value is all that nbgrader reads."""


def watch(answer: Any, positional: Sequence[object], named: Mapping[str, object]) -> tuple[Any, Any]:
    """Calls as `call` does; also what that has cost in Spark, as plain data. Raises AnswerRaised."""
    watched = spark_cost.Watch()
    return call(answer, positional, named, changed=False, returned=watched.returned), watched.plain()


def call(
    answer: Any,
    positional: Sequence[object],
    named: Mapping[str, object],
    changed: bool,
    returned: Callable[[], None] = lambda: None,
) -> Any:
    """Calls a candidate's function in this process; `returned` is called when it has returned, before its result is
    fetched. Raises AnswerRaised for whatever ordinary exception it raises.
    """
    arguments = answers.materialise({**{str(i): value for i, value in enumerate(positional)}, **named})
    placed = [arguments.pop(str(i)) for i in range(len(positional))]
    try:
        given_back = answer(*placed, **arguments)
        returned()
        result = answers.bring_back(given_back)
    except answers.NotAnAnswer:
        raise
    except Exception as error:
        raise answers.AnswerRaised.of(type(error).__name__, str(error)[:2000]) from error
    finally:
        answers.let_go((*positional, *named.values()), (*placed, *arguments.values()))
    return (result, {**{str(i): value for i, value in enumerate(placed)}, **arguments}) if changed else result
