"""Calls of an answer as a plain test cell makes them, on the candidate's side.

Functions cross in both directions by a name, and run where they are; what a call changes of its arguments is told. What
of that counts is the examiner's to say.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from groundschool.checks import answers
from groundschool.grading import wire
from groundschool.grading.roles.calls import CHANGEABLE
from groundschool.grading.wire import protocol
from groundschool.grading.wire.arguments import BUILT_IN, put_arguments, take_arguments
from groundschool.grading.wire.bundle import Bundle
from groundschool.grading.wire.protocol import Message


class Serving(Protocol):
    """The process that serves a channel."""

    channel: Any
    kept: dict[tuple[str, str], Any]

    def reply(self, request: protocol.ToCandidate, given: Bundle) -> bytes:
        """What is said to a request."""


class Calls:
    """Knows the functions and iterators that answers have returned in this process, by name."""

    def __init__(self, process: Serving) -> None:
        self._process = process
        self._held: dict[str, Callable[..., Any]] = {}

    def call(self, request: protocol.Call, given: Bundle, out: Bundle) -> Message:
        """Calls an answer, or what one returned. Raises AnswerRaised."""

        def known(kind: str, name: str) -> Callable[..., Any]:
            if kind == "answer":
                return self._of_the_answer(request.test, name)
            return (
                getattr(builtins, name.removeprefix(BUILT_IN)) if name.startswith(BUILT_IN) else self._of_the_test(name)
            )

        positional, named = take_arguments(given, request.arguments, known)
        values = {**{str(place): value for place, value in enumerate(positional)}, **named}
        before = {name: _written(value) for name, value in values.items()}
        try:
            result = self._of_the_answer(request.test, request.name)(*positional, **named)
        except Exception as error:
            raise answers.AnswerRaised.of(type(error).__name__, str(error)[:2000]) from error
        changed = {name: value for name, value in values.items() if _written(value) != before[name]}
        return self._said(result, changed, out)

    def _of_the_answer(self, test: str, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = self._held[name] if name in self._held else self._process.kept[test, name]
        return found

    def _said(self, result: Any, changed: Mapping[str, object], out: Bundle) -> Message:
        if isinstance(result, Iterator):
            return protocol.Iterating(self._hold(lambda how, *values: getattr(result, how)(*values)))
        if answers.kind_of(result) == "function":
            return protocol.Function(self._hold(result))
        value = out.put(answers.bring_back(result))
        return protocol.Returned(value, {name: out.put(each) for name, each in changed.items()})

    def _hold(self, function: Callable[..., Any]) -> str:
        name = f"#{len(self._held)}"
        self._held[name] = function
        return name

    def _of_the_test(self, name: str) -> Callable[..., Any]:
        """What stands here for a function of the test's."""

        def function(*positional: object, **named: object) -> Any:
            sent, channel = Bundle(), self._process.channel
            asked = protocol.Asks(name, put_arguments(sent, positional, named))
            wire.send_raw(channel, protocol.pack(asked, sent.blobs))
            while True:
                request, blobs = protocol.REQUESTS.receive(channel)
                if isinstance(request, protocol.Tell):
                    break
                wire.send_raw(channel, self._process.reply(request, Bundle(blobs)))
            if request.value is None:
                raise answers.AnswerRaised.of(request.kind, request.message)
            return Bundle(blobs).take(request.value)

        function.__name__ = "function"
        return function


def _written(value: object) -> tuple[str, list[bytes]] | None:
    """What of a value a call may change, written down; None where that is nothing."""
    if not isinstance(value, CHANGEABLE):
        return None
    try:
        description, blobs = wire.encode(value)
        return json.dumps(description), blobs
    except (wire.NotPlain, wire.TooLarge) as error:
        return str(error), []
