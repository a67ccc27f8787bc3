"""The examiner, inside its box: runs test cells and decides. It starts no JVM and evaluates no text of a submission.

What it sends at the end of a test cell, a verdict, is all that counts. How it reaches an answer is `examination`'s.
"""

from __future__ import annotations

import ast
import contextlib
import json
import math
import numbers
import os
import socket
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from groundschool import lab
from groundschool.checks import answers, place
from groundschool.grading import wire
from groundschool.grading.roles import folder
from groundschool.grading.roles.examination import Examination
from groundschool.grading.wire import protocol
from groundschool.grading.wire.protocol import Message

AT_FIRST = {"__name__": "__main__"}


class _Part(dict[str, Any]):
    """The names of a test cell, in which an answer is fetched once. It is always the candidate's, whatever else has
    bound its name here.
    """

    def __init__(self, names: Mapping[str, Any], side: Examination, answers_: Iterable[str]) -> None:
        self._side, self._answers = side, frozenset(answers_)
        super().__init__({name: value for name, value in names.items() if name not in self._answers})

    def __missing__(self, name: str) -> Any:
        if name not in self._answers:
            raise KeyError(name)
        self[name] = self._side.answer(name)
        return self[name]


class Examiner:
    """Serves one submission: `Begin`, then the parts of test cells, first all visible ones, then all hidden ones."""

    def __init__(self, channel: socket.socket) -> None:
        self.side = Examination(channel)
        self.names: dict[str, Any] = dict(AT_FIRST)  # of the plain cells
        self._setup: list[str] = []
        self._ran = 0
        self.parts: dict[str, _Part] = {}
        self.questions: dict[str, Any] = {}
        self._asked: dict[str, list[protocol.Part]] = {}
        self._changed: set[str] = set()  # the tests in which calls changed arguments, which was not taken over
        place.use(self.side)

    def serve(self) -> None:
        """Answers the driver until it hangs up."""
        while True:
            try:
                request, _ = protocol.PARTS.receive(self.side.channel)
            except wire.Closed:
                return
            wire.send_raw(self.side.channel, protocol.pack(self._reply(request)))

    def _reply(self, request: protocol.ToExaminer) -> Message:
        if isinstance(request, protocol.Begin):
            return self.begin(request)
        return self.examine(request) if isinstance(request, protocol.Part) else self.explain(request)

    def begin(self, request: protocol.Begin) -> Message:
        """Takes the instructor's plain cells, imports and values that test cells use; each runs before what stands
        below it.
        """
        self.side.texts, self.side.functions = frozenset(request.texts), frozenset(request.functions)
        self.side.modules, self.side.token = request.modules, request.token
        self._setup = list(request.setup)
        return protocol.Done()

    def examine(self, request: protocol.Part) -> Message:
        """Runs one part of a test cell; replies with the error that ended it or, after its last part, with what it is
        worth.

        That is the verdict of the question that it opened; of a cell that opened none, its last value.
        """
        side, test = self.side, request.test
        side.test, side.cautious = test, request.cautious
        if not request.hidden:
            side.question = None
            for source in self._setup[self._ran : request.setup]:
                _tolerantly(source, self.names)
            self._ran = max(self._ran, request.setup)
            self._begin_test(request)
        self._asked[test].append(request)
        ended = self._ended(request)
        if not request.hidden:
            self.questions[test] = side.question
        question = self.questions.get(test)
        if isinstance(ended, protocol.Scored) and request.last and question is None and test in self._changed:
            ended = _lower(ended, self._again(test))
        if not isinstance(ended, protocol.Scored):
            return ended
        if not request.last:
            return protocol.Continues()
        if question is None:
            return ended
        return protocol.Judged(question.verdict(), dict(question.seen), question.can_explain)

    def _begin_test(self, request: protocol.Part) -> None:
        """Gives a test cell its names; where a call may change an object, of plain cells that run for it alone."""
        names = self.names if not request.in_place else dict(AT_FIRST)
        for source in self._setup[: request.setup] if request.in_place else ():
            _tolerantly(source, names)
        self.parts[request.test] = _Part(names, self.side, request.answers)
        self._asked[request.test] = []
        self._changed.discard(request.test)

    def _again(self, test: str) -> Message:
        """How a test cell ends when what calls changed of their arguments is taken over, as it is in a notebook."""
        requests = [msgspec.structs.replace(each, in_place=True) for each in self._asked[test]]
        self._begin_test(requests[0])
        ended: Message = protocol.Continues()
        for request in requests:
            if isinstance(ended, protocol.Continues | protocol.Scored):
                ended = self._ended(request)
        return ended

    def _ended(self, request: protocol.Part) -> Message:
        """How a part of a test cell ended."""
        names = self.parts[request.test]
        self.side.calls.in_place, self.side.calls.changed = request.in_place, False
        try:
            for statement in request.before:
                _tolerantly(statement, names)
            for name in request.named:
                with contextlib.suppress(KeyError):
                    names[name]
            return protocol.Scored(_score(_run(request.source, names)))
        except answers.Stopped as stopped:
            return protocol.Ended(protocol.end(stopped.outcome), str(stopped))
        except BaseException as error:
            why, name = _why(error)
            return protocol.Failed(
                why, type(error).__name__, str(error)[:2000], request.hidden, self.side.cautious, name
            )
        finally:
            if self.side.calls.changed:
                self._changed.add(request.test)

    def explain(self, request: protocol.Explain) -> Message:
        """Counterexamples for the failed hidden checks of a test cell that has its verdict, by the number of the
        check.
        """
        self.side.test, question = request.test, self.questions.get(request.test)
        with self.side.examples():
            found = question.explain() if question else {}
        return protocol.Explained({str(number): example for number, example in found.items()})


def _lower(one: protocol.Scored, two: Message) -> Message:
    """The lower of two ends of a test cell."""
    if not isinstance(two, protocol.Scored) or one.value is None:
        return two
    worse = isinstance(one.value, float) and isinstance(two.value, float) and two.value < one.value
    return two if worse else one


def _score(value: Any) -> float | str | None:
    """The number that a test cell ended with, of whatever library; as text when it is no score; None for anything
    else.
    """
    if isinstance(value, bool | np.bool_):
        return str(value)  # nbgrader gives all points for it, for False as well
    if not isinstance(value, numbers.Real):
        return None
    return float(value) if math.isfinite(value) else str(value)


def _why(error: BaseException) -> tuple[protocol.Why, str]:
    """Of what kind an error of a test cell is, and the name that it says does not exist."""
    if isinstance(error, answers.NotAnAnswer):
        return "refused", ""
    if isinstance(error, AssertionError):
        return "assertion", ""
    if isinstance(error, answers.AnswerRaised):
        return "raised", ""
    missing = (
        error.name
        if isinstance(error, NameError)
        else error.args[0]
        if isinstance(error, KeyError) and error.args
        else ""
    )
    return ("absent", str(missing)[:200]) if missing else ("other", "")


def _run(source: str, names: dict[str, Any]) -> Any:
    """Executes a part of a test cell; returns the value of its last line when that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<test cell>", "exec"), names)
    return (
        eval(compile(ast.Expression(last.value), "<test cell>", "eval"), names) if isinstance(last, ast.Expr) else None
    )


def _tolerantly(source: str, names: dict[str, Any]) -> None:
    """Statement by statement, so that one that needs an engine, or an answer, does not take the imports beside it
    along.
    """
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
    folder.enter(request, largest_copy=0)
    if request.get("lab"):
        lab.attach(**request["lab"])
    Examiner(channel).serve()


def warm() -> None:
    """Pays for first uses once, in the fork server: lazy inner imports of Arrow and pandas."""
    import pandas as pd

    json.dumps(wire.encode(pa.table({"a": [1]}))[0])
    frame = pa.table({"a": [1]}).to_pandas(use_threads=False)
    pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False, nthreads=1)
