"""How a test cell reaches the answer: calls it, runs its text, reads its files, looks at what it left in the lab."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from groundschool.checks.answers import (
    AnswerRaised,
    Client,
    Folder,
    Frame,
    NotAnAnswer,
    Stopped,
    Written,
    described,
    is_starter,
    kind_of,
)
from groundschool.checks.backend import Backend, DagAsked, Fixture, Query, Run
from groundschool.checks.dags import DagFile, DagRun, ScheduledRun
from groundschool.checks.table.arrow import to_table
from groundschool.engines.engine import Kind
from groundschool.engines.spark_cost import Cost, NoCost, cost_of
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Dataset, Objects, Text


class Reach:
    """The answer of one question. `how` says how it is run where it is text."""

    def __init__(self, name: str, answer: Any, how: Query, where: Backend) -> None:
        self.name, self.answer, self.how = name, answer, how
        self._where = where
        self.attempted = self._is_written(answer.name) if isinstance(answer, Written) else not is_starter(answer)
        self._endless: Stopped | None = None
        self.bill: list[Any] | None = []  # the requests of visible checks; None once they are told
        self.costs: list[Cost] = []  # of calls in visible checks, in Spark
        self.tries: list[int] = []  # of the tasks that runs of Dags made in visible checks

    def call(self, *positional: object, **named: object) -> Any:
        """The answer's result: of a text over the parts named, or of the function called with the arguments."""
        if isinstance(self.answer, str):
            return self.query(named)
        self._must_be_function()
        return self._called(self.answer, positional, named)

    def watch(self, **named: object) -> tuple[Any, Cost | None]:
        """Like `call` for a function; also what it has cost in Spark, None where its own side does not tell."""
        self._must_be_function()
        value, said = self._where.watch(self.answer, (), self._arguments(named))
        try:
            cost = cost_of(said)
        except NoCost:
            return value, None
        if self.bill is not None:
            self.costs.append(cost)
        return value, cost

    def part(self, function: Any) -> Callable[..., Any]:
        """Another function of the same answer, to be called as `call` calls the first. One not written yet raises."""

        def called(*positional: object, **named: object) -> Any:
            if is_starter(function):
                raise AnswerRaised.of("NotImplementedError", "This part of the answer is not written yet.")
            return self._called(function, positional, named)

        self.attempted = self.attempted or not is_starter(function)
        return called

    def call_and_see(self, **named: object) -> tuple[Any, Mapping[str, Any]]:
        """Like `call` for a function, with the arguments as they are after the call."""
        self._must_be_function()
        result, after = self._where.call(self.answer, (), self._arguments(named), changed=True)
        return result, after

    def query(
        self, parts: Mapping[str, Any], *, engine: str = "", kind: Kind | None = None, leaves: str | None = None
    ) -> pa.Table:
        """What the answer's text returns over the parts, or leaves behind; what is not said here is as the question
        says.
        """
        if not isinstance(self.answer, str):
            raise NotAnAnswer(f"`{self.name}` is {type(self.answer).__name__}; text was expected.")
        how = Query(engine or self.how.engine, kind or self.how.kind, self.how.leaves if leaves is None else leaves)
        dataset: Dataset = {
            name: part if isinstance(part, Text | Objects) else to_table(getattr(part, "table", part))
            for name, part in parts.items()
        }
        return self._where.query(self.answer, dataset, how)

    def read(self, name: str) -> str:
        """The text of a file the answer's cell wrote; empty when it is missing."""
        return (self._where.read(name) or b"").decode("utf-8", "replace")

    def run(
        self, name: str, *arguments: str, given: Mapping[str, bytes] | None = None, collect: Sequence[str] = ()
    ) -> Run:
        """Runs a script the answer's cell wrote, with files beside it, and collects files it leaves."""
        return self._where.run(name, arguments, given or {}, collect)

    def dags(self) -> DagFile:
        """The file of Dags that the answer's cell wrote, as Airflow reads it on the candidate's side, with no network
        and no database.
        """
        return DagFile.of(self._where.ask_airflow(self._file(), None))

    def run_dag(self, dag: str, *, logical_date: str = "", conf: Mapping[str, Any] | None = None) -> DagRun:
        """Runs one of its Dags once, for a logical date in ISO's form or for none. Tasks are tried again at once.

        Raises Stopped when the run does not end in half a minute, and from then on for every run of this question.
        """
        if self._endless:
            raise self._endless
        try:
            with self._billed(has_client=True):
                run = DagRun.of(self._where.ask_airflow(self._file(), DagAsked(dag, logical_date, conf or {})))
        except Stopped as stopped:
            self._endless = stopped
            raise
        if self.bill is not None:
            self.tries += [tries for task, tries in run.tries.items() if run.tasks.get(task) in ("success", "failed")]
        return run

    def scheduled(self, file: DagFile, *steps: Mapping[str, Any]) -> list[ScheduledRun]:
        """The runs that Airflow's scheduler creates of these Dags in the course of the steps, and what it refuses. It
        runs where queries do; what a step is stands in `groundschool.engines.airflow.scheduling`.
        """
        given = pa.table({"step": [json.dumps(step) for step in steps]})
        rows = self._where.query(file.text, {"steps": given}, Query("airflow", "script"))
        return [ScheduledRun.of(row) for row in rows.to_pylist()]

    def fixture(self, name: str, *, part: str = "", **options: Any) -> Fixture:
        """Generated data for a hidden check; see `groundschool.fixtures` for names and options.

        Where the generator makes several parts whose keys join, `part` says which; with equal options they are of one
        call.
        """
        return Fixture(name, options, part)

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """The plain value that `compute` gives, without a look at the answer: found when the question is learned, and
        kept under a name that no check has. For what is slow to find.
        """
        return self._where.expected(name, compute)

    def client(self, service: str) -> Any:
        """A client of the lab with the examiner's credentials, to look at the state the answer left there."""
        return self._where.client(service, "examiner")

    def requests(self) -> Sequence[Any]:
        """What was asked of the lab so far: see `groundschool.lab.Request`. The candidate's are those of its `role`."""
        return self._where.requests()

    def _file(self) -> str:
        if not isinstance(self.answer, Written):
            raise NotAnAnswer(f"`{self.name}` is {type(self.answer).__name__}; a file was expected.")
        return self.answer.name

    def _is_written(self, name: str) -> bool:
        """Whether there is more in the file than comments, as a starter has."""
        lines = (self._where.read(name) or b"").decode("utf-8", "replace").splitlines()
        return any(line.strip() and not line.strip().startswith("#") for line in lines)

    def _called(self, function: Any, positional: Sequence[object], named: Mapping[str, object]) -> Any:
        given = (*positional, *named.values())
        with self._billed(has_client=any(isinstance(value, Client) for value in given)):
            if self._told_by_spark(given):
                value, said = self._where.watch(function, positional, self._arguments(named))
                with contextlib.suppress(NoCost):
                    self.costs.append(cost_of(said))
                return value
            return self._where.call(function, positional, self._arguments(named), changed=False)

    def _told_by_spark(self, given: Sequence[object]) -> bool:
        """Whether somebody sees what this call costs in Spark."""
        seen = self.bill is not None and not self._where.examines
        return seen and any(
            isinstance(each, Folder) or isinstance(each, Frame) and each.engine == "spark" for each in given
        )

    @contextlib.contextmanager
    def _billed(self, *, has_client: bool) -> Iterator[None]:
        """What an answer with a client asks of the lab before `show` is billed under it."""
        billed = self.bill is not None and has_client
        before = len(self._asked_so_far()) if billed else 0
        try:
            yield
        finally:
            if billed and self.bill is not None:
                self.bill += self._asked_so_far()[before:]

    def _asked_so_far(self) -> Sequence[Any]:
        """Nothing where the lab does not answer: that is for the check to find, and no reason to end its cell."""
        try:
            return self._where.requests()
        except GroundSchoolError:
            return ()

    def _must_be_function(self) -> None:
        if self.attempted and is_starter(self.answer):
            raise AnswerRaised.of("NotImplementedError", "This part of the answer is not written yet.")
        if kind_of(self.answer) != "function" and not callable(self.answer):
            raise NotAnAnswer(
                f"`{self.name}` is {type(self.answer).__name__}; a function was expected, or a query as text."
            )

    def _arguments(self, named: Mapping[str, object]) -> dict[str, object]:
        return {
            name: self._filled(value) if isinstance(value, Objects) else described(value)
            for name, value in named.items()
        }

    def _filled(self, objects: Objects) -> str:
        """The name of the bucket, which holds these objects from now on and no other."""
        s3 = self.client("s3")
        if objects.bucket not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            s3.create_bucket(Bucket=objects.bucket)
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=objects.bucket):
            for found in page.get("Contents", []):
                s3.delete_object(Bucket=objects.bucket, Key=found["Key"])
        for key, content in objects.content.items():
            s3.put_object(Bucket=objects.bucket, Key=key, Body=content)
        return objects.bucket
