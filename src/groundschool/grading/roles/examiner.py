"""The examiner, inside its box: runs test cells and decides. It starts no JVM and evaluates no text of a submission.

It reaches an answer only by asking the driver, which passes the question on and the reply back unread. What it sends at the
end of a test cell, a verdict, is all that counts.
"""

from __future__ import annotations

import ast
import json
import math
import numbers
import os
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from groundschool import lab
from groundschool.checks import answers, backend
from groundschool.checks.backend import Fixture, Mistake, Run
from groundschool.checks.verdict import Verdict
from groundschool.engines.duckdb_ import QueryFailed, QueryRefused
from groundschool.grading import wire
from groundschool.grading.roles.candidate import encode_arguments
from groundschool.grading.wire.budget import Malformed, TooLarge

CAP = 256 << 20  # bytes of a reply
ENDS = frozenset({"crashed", "timed_out", "out_of_memory", "refused"})


class Remote:
    """A function of the candidate's. It may be called, and nothing else: never compared, never true or false."""

    def __init__(self, side: Examination, test: str, name: str) -> None:
        self._side, self._test, self._name = side, test, name
        self.__name__ = name

    def __call__(self, *positional: object, **named: object) -> Any:
        return self._side.call(self, positional, named, changed=False)

    def _refuse(self, *_: object) -> Any:
        raise TypeError(f"`{self._name}` is a function of the candidate's: it can be called, not compared.")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __iter__ = __getitem__ = _refuse
    __hash__ = None  # type: ignore[assignment]
    __doc__ = property(_refuse)


class Examination:
    """The place where test cells run here; see `groundschool.checks.backend.Place`."""

    examines = True

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.test = ""
        self.example = False
        self.cautious = False
        self.texts: frozenset[str] = frozenset()  # the answers that are text: no function may stand in for a query
        self.functions: frozenset[str] = frozenset()  # and no query for a function
        self.token = ""  # with it the driver marks its own replies
        self.verdict: Verdict | None = None
        self.question: Any = None
        self.seen: Mapping[str, str] = {}
        self.known: dict[tuple[str, str], Any] = {}

    def ask(self, head: dict[str, Any], blobs: Sequence[bytes] = ()) -> tuple[dict[str, Any], list[bytes]]:
        """One request to the driver, one reply. Raises what the reply says went wrong on the other side."""
        wire.send(self.channel, {"test": self.test, "example": self.example, **head}, blobs)
        reply, out = wire.receive(self.channel, CAP)
        if "refused" in reply:
            raise (QueryRefused if head["op"] == "query" else answers.NotAnAnswer)(str(reply["refused"])[:500])
        if "failed" in reply:
            raise QueryFailed(str(reply["failed"])[:2000])
        if "stopped" in reply:
            # The candidate's process can send this, too: it may say that it ended, in no words of its own.
            ours = reply["stopped"] if reply.get("token") == self.token else {}
            outcome, message = str(ours.get("outcome")), str(ours.get("message") or answers.ENDED)
            raise answers.Stopped(outcome if outcome in ENDS else "crashed", message)
        if "error" in reply:
            raise answers.AnswerRaised.of(str(reply["error"]["kind"])[:100], str(reply["error"]["message"])[:2000])
        return reply, out

    @contextmanager
    def examples(self) -> Iterator[None]:
        self.example = True
        try:
            yield
        finally:
            self.example = False

    def answer(self, name: str) -> Any:
        """The value of an answer as it was at the test cell's place. Raises KeyError when the notebook has none."""
        reply, blobs = self.ask({"op": "answer", "name": name})
        if reply["kind"] == "absent":
            raise KeyError(name)
        if reply["kind"] == "starter":
            return None
        if name in self.texts and reply["kind"] == "function":
            raise answers.NotAnAnswer(f"`{name}` is a function; text was expected.")
        if reply["kind"] == "function":
            return Remote(self, self.test, name)
        value = _decoded(reply, blobs)
        if name in self.functions and isinstance(value, str) and value.strip():
            raise answers.NotAnAnswer(f"`{name}` is text; a function was expected.")
        return value

    def call(self, answer: Any, positional: Sequence[object], named: Mapping[str, object], changed: bool) -> Any:
        items, blobs = encode_arguments(tuple(positional), dict(named))
        reply, out = self.ask({"op": "call", "name": answer._name, "arguments": items, "changed": changed}, blobs)
        value = _decoded(reply, out)
        return tuple(value) if changed else value

    def query(self, text: str, tables: Mapping[str, pa.Table]) -> pa.Table:
        packed, blobs = [], []
        for name, table in tables.items():
            encoded, out = wire.encode(table)
            packed.append([name, encoded, len(out)])
            blobs += out
        reply, out = self.ask({"op": "query", "text": text, "tables": packed}, blobs)
        return _decoded(reply, out)

    def read(self, name: str) -> bytes | None:
        reply, blobs = self.ask({"op": "read", "name": name})
        return blobs[0] if reply["there"] is True else None

    def run(self, name: str, arguments: Sequence[str], given: Mapping[str, bytes], collect: Sequence[str]) -> Run:
        head = {"op": "run", "name": name, "arguments": list(arguments), "given": list(given), "collect": list(collect)}
        reply, blobs = self.ask(head, list(given.values()))
        there = [str(file) for file in reply["there"]]
        files = dict(zip(there, blobs, strict=False))
        return Run(int(reply["exit"]), str(reply["output"]), {file: files.get(file) for file in collect})

    def table(self, fixture: Fixture) -> pa.Table:
        reply, blobs = self.ask({"op": "table", "name": fixture.name, "options": dict(fixture.options)})
        return wire.decode(reply["value"], blobs)

    def expected(self, question: str, check: str, compute: Callable[[], Any]) -> Any:
        reply, blobs = self.ask({"op": "expected", "check": check})
        if reply["known"]:
            return wire.decode(reply["value"], blobs)
        value = compute()
        encoded, out = wire.encode(value)
        self.ask({"op": "learn", "check": check, "value": encoded}, out)
        return value

    def mistakes(self, question: str) -> Sequence[Mistake]:
        reply, _ = self.ask({"op": "mistakes"})
        return [Mistake(**mistake) for mistake in reply["mistakes"]]

    def opened(self, question: Any) -> None:
        self.question = question

    def finished(self, verdict: Verdict, seen: Mapping[str, str]) -> None:
        self.verdict, self.seen = verdict, dict(seen)


def _decoded(reply: dict[str, Any], blobs: list[bytes]) -> Any:
    """The value of a reply from the candidate's side. Raises NotAnAnswer when it is not plain data in our form."""
    try:
        return wire.decode(reply["value"], blobs)
    except (Malformed, TooLarge) as error:
        raise answers.NotAnAnswer(str(error)[:500]) from None


class _Names(dict[str, Any]):
    """The names of a test cell. An answer is fetched when it is first used."""

    def __init__(self, names: Mapping[str, Any], answers_: Sequence[str], side: Examination) -> None:
        super().__init__(names)
        self._answers, self._side = frozenset(answers_), side

    def __missing__(self, name: str) -> Any:
        if name not in self._answers:
            raise KeyError(name)
        self[name] = self._side.answer(name)
        return self[name]


class Examiner:
    """Serves one submission: `begin`, then the parts of test cells, first all visible ones, then all hidden ones."""

    def __init__(self, channel: socket.socket) -> None:
        self.side = Examination(channel)
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.parts: dict[str, _Names] = {}
        self.questions: dict[str, Any] = {}
        backend.use(self.side)

    def serve(self) -> None:
        """Answers the driver until it hangs up."""
        while True:
            try:
                head, _ = wire.receive(self.side.channel, CAP)
            except wire.Closed:
                return
            operations = {"begin": self.begin, "test": self.examine, "explain": self.explain}
            wire.send(self.side.channel, operations[head["op"]](head), ())

    def begin(self, head: dict[str, Any]) -> dict[str, Any]:
        """Runs the instructor's plain cells: imports and values that test cells use. One that needs an engine is skipped."""
        self.side.texts, self.side.functions = frozenset(head["texts"]), frozenset(head["functions"])
        self.side.token = head["token"]
        for source in head["setup"]:
            _tolerantly(source, self.names)
        return {"op": "done"}

    def examine(self, head: dict[str, Any]) -> dict[str, Any]:
        """Runs one part of a test cell; replies with the verdict, or with the error that ended it."""
        test, hidden = head["id"], head["part"] == "hidden"
        self.side.test, self.side.verdict, self.side.seen = test, None, {}
        self.side.cautious = head["cautious"]
        if not hidden:
            self.side.question = None
            self.parts[test] = _Names(self.names, head["answers"], self.side)
        names = self.parts[test]
        reply: dict[str, Any] = {"op": "done"}
        try:
            value = _run(head["source"], names)
            reply["value"] = _score(value)
        except answers.Stopped as stopped:
            reply["stopped"] = {"outcome": stopped.outcome, "message": str(stopped)}
        except BaseException as error:
            reply["error"] = {**_error(error, hidden), "cautious": self.side.cautious}
        if not hidden:
            self.questions[test] = self.side.question
        question = self.questions.get(test)
        if (
            head["last"]
            and question is not None
            and not self.side.verdict
            and "error" not in reply
            and "stopped" not in reply
        ):
            self.side.finished(question.verdict(), question.seen)
        reply["verdict"] = asdict(self.side.verdict) if self.side.verdict else None
        reply["seen"] = dict(self.side.seen)
        reply["can_explain"] = question is not None and question.can_explain
        return reply

    def explain(self, head: dict[str, Any]) -> dict[str, Any]:
        """Counterexamples for the failed hidden checks of a test cell that has its verdict, by the number of the check."""
        self.side.test, question = head["id"], self.questions.get(head["id"])
        with self.side.examples():
            found = question.explain() if question else {}
        return {"op": "done", "examples": {str(number): asdict(example) for number, example in found.items()}}


def _score(value: Any) -> float | str | None:
    """The number that a test cell ended with, of whatever library; as text when it is no score; None for anything else."""
    if isinstance(value, bool | np.bool_):
        return str(value)  # nbgrader gives all points for it, for False as well
    if not isinstance(value, numbers.Real):
        return None
    return float(value) if math.isfinite(value) else str(value)


def _error(error: BaseException, hidden: bool) -> dict[str, Any]:
    missing = (
        error.name
        if isinstance(error, NameError)
        else error.args[0]
        if isinstance(error, KeyError) and error.args
        else ""
    )
    return {
        "kind": type(error).__name__, "message": str(error)[:2000], "hidden": hidden,
        "missing": str(missing)[:200], "assertion": isinstance(error, AssertionError), "raised": isinstance(error, answers.AnswerRaised), "refused": isinstance(error, answers.NotAnAnswer),
    }  # fmt: skip


def _run(source: str, names: dict[str, Any]) -> Any:
    """Executes a part of a test cell; returns the value of its last line when that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<test cell>", "exec"), names)
    return (
        eval(compile(ast.Expression(last.value), "<test cell>", "eval"), names) if isinstance(last, ast.Expr) else None
    )


def _tolerantly(source: str, names: dict[str, Any]) -> None:
    """Statement by statement, so that one that needs an engine does not take the imports beside it along."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return
    for statement in statements:
        try:
            exec(compile(ast.Module([statement], []), "<setup cell>", "exec"), names)
        except Exception:
            continue


def examiner(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role."""
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    if request.get("lab"):
        lab.attach(**request["lab"])
    Examiner(channel).serve()


def warm() -> None:
    """Pays for first uses once, in the fork server: lazy inner imports of Arrow and pandas."""
    import pandas as pd

    json.dumps(wire.encode(pa.table({"a": [1]}))[0])
    frame = pa.table({"a": [1]}).to_pandas(use_threads=False)
    pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False, nthreads=1)
