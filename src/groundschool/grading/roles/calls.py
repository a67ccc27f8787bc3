"""Calls of an answer as a plain test cell makes them, on the examiner's side: what it is given, and what comes back.

A function is called where it is; data crosses by value. What a call has changed of its arguments is told by the
candidate's process: it is taken over where the question is about that, else only noted.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from groundschool.checks import answers
from groundschool.grading.wire import protocol
from groundschool.grading.wire.arguments import BUILT_IN, put_arguments, take_arguments
from groundschool.grading.wire.budget import Malformed, NotPlain, TooLarge
from groundschool.grading.wire.bundle import Bundle
from groundschool.grading.wire.protocol import Message, Request

CHANGEABLE = (list, dict, set, bytearray, np.ndarray, pd.DataFrame, pd.Series)
MOST_ASKED = 10_000  # calls of the test's functions by one call of an answer
MOST_ITERATED = 100_000  # items of one iterator
MOST_RECEIVED = 64 << 20  # bytes of one iterator's items


class Asking(Protocol):
    """How a request reaches the candidate's side."""

    test: str
    example: bool

    def of_answer(self, request: Request, bundle: Bundle | None = None) -> tuple[Message, Bundle]:
        """Its reply."""


class Remote:
    """A function of the candidate's. It may be called, and nothing else: never compared, never true or false."""

    def __init__(self, calls: Calls, name: str, known: str = "") -> None:
        self._calls, self._name = calls, name
        self.__name__ = known or name

    def __call__(self, *positional: object, **named: object) -> Any:
        return self._calls.call(self._name, positional, named)

    def _refuse(self, *_: object) -> Any:
        raise TypeError(f"`{self.__name__}` is a function of the candidate's: it can be called, not compared.")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __len__ = __iter__ = __getitem__ = _refuse
    __hash__ = None  # type: ignore[assignment]
    __doc__ = property(_refuse)


class RemoteIterator:
    """An iterator of the candidate's. Its items come one by one, up to a number and a size."""

    def __init__(self, calls: Calls, name: str) -> None:
        self._calls, self._name, self._left, self._room = calls, name, MOST_ITERATED, MOST_RECEIVED

    def __iter__(self) -> RemoteIterator:
        return self

    def __next__(self) -> Any:
        return self._step("__next__")

    def send(self, value: object) -> Any:
        """As a generator's."""
        return self._step("send", value)

    def close(self) -> None:
        """As a generator's."""
        self._step("close")

    def _step(self, how: str, *values: object) -> Any:
        before = self._calls.received
        try:
            value = self._calls.call(self._name, (how, *values), {})
        except answers.AnswerRaised as error:
            if error.kind == "StopIteration":
                raise StopIteration from None
            raise
        self._left, self._room = self._left - 1, self._room - (self._calls.received - before)
        if self._left < 0 or self._room < 0:
            raise answers.NotAnAnswer(
                f"The answer yields more than {MOST_ITERATED:,} items or {MOST_RECEIVED >> 20} MB; less was expected."
            )
        return value

    def _refuse(self, *_: object) -> Any:
        raise TypeError("An iterator of the candidate's gives its items; it cannot be compared.")

    __eq__ = __ne__ = __bool__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class Calls:
    """The calls that a test cell makes. `in_place`: what a call changes of its arguments is taken over; else `changed`
    tells that there was something.
    """

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.in_place = self.changed = False
        self.received = 0  # bytes
        self._functions: dict[tuple[str, str], Callable[..., Any]] = {}  # the test's own, by test and name

    def call(self, name: str, positional: Sequence[object], named: Mapping[str, object]) -> Any:
        """What an answer returns. Raises AnswerRaised, NotAnAnswer, or Stopped."""
        sent, asked = Bundle(), 0
        arguments = put_arguments(sent, positional, named, self._function)
        said, bundle = self._asking.of_answer(
            protocol.Call(self._asking.test, self._asking.example, name, arguments, live=True), sent
        )
        while isinstance(said, protocol.Asks):
            asked += 1
            if asked > MOST_ASKED:
                raise answers.NotAnAnswer(f"The answer calls a function of the test's more than {MOST_ASKED:,} times.")
            said, bundle = self._told(said, bundle)
        return self._taken(said, bundle, {**{str(at): value for at, value in enumerate(positional)}, **named})

    def _taken(self, said: Message, bundle: Bundle, values: Mapping[str, object]) -> Any:
        self.received += sum(map(len, bundle.blobs))
        if isinstance(said, protocol.Function):
            return Remote(self, said.name, "function")
        if isinstance(said, protocol.Iterating):
            return RemoteIterator(self, said.name)
        if not isinstance(said, protocol.Returned):
            raise answers.NotAnAnswer("The answer's process sent something that is no answer.")
        try:
            result = bundle.take(said.value)
            changed = {name: bundle.take(value) for name, value in said.changed.items() if name in values}
        except (Malformed, TooLarge) as error:
            raise answers.NotAnAnswer(str(error)[:500]) from None
        self.received += 8 + (len(result) if isinstance(result, str | bytes) else 0)
        for name, value in changed.items():
            self._change(values[name], value)
        return result

    def _change(self, held: object, new: object) -> None:
        if not self.in_place:
            self.changed = True
        elif not _overwritten(held, new):
            raise answers.NotAnAnswer(
                f"The answer changed an argument, a {type(held).__name__}, in a way that cannot be taken over."
            )

    def _function(self, value: object) -> tuple[Literal["function", "answer"], str] | None:
        """How a function is named to the candidate's side; None for anything else."""
        if isinstance(value, Remote):
            return "answer", value._name
        if not callable(value):
            return None
        name = getattr(value, "__name__", "")
        if getattr(builtins, str(name), None) is value:
            return "function", f"{BUILT_IN}{name}"
        name = f"{len(self._functions)}"
        self._functions[self._asking.test, name] = value
        return "function", name

    def _told(self, asks: protocol.Asks, bundle: Bundle) -> tuple[Message, Bundle]:
        """Calls a function of the test's for the answer, and says what came of it."""
        function, sent = self._functions.get((self._asking.test, asks.name)), Bundle()
        if function is None:
            raise answers.NotAnAnswer("The answer asks for a function that it was not given.")
        try:
            positional, named = take_arguments(bundle, asks.arguments)
        except (Malformed, TooLarge) as error:
            raise answers.NotAnAnswer(str(error)[:500]) from None
        place = self._asking.test, self._asking.example
        try:
            tell = protocol.Tell(*place, sent.put(function(*positional, **named)))
        except (answers.NotAnAnswer, NotPlain, TooLarge):
            raise
        except Exception as error:
            tell, sent = protocol.Tell(*place, None, type(error).__name__[:100], str(error)[:2000]), Bundle()
        return self._asking.of_answer(tell, sent)


def _overwritten(held: Any, new: Any) -> bool:
    """Whether an argument could be given the content of another value of its type, in its place."""
    if isinstance(held, list) and type(new) is list:
        held[:] = new
    elif isinstance(held, dict) and type(new) is dict or isinstance(held, set) and type(new) is set:
        held.clear()
        held.update(new)
    elif isinstance(held, bytearray) and type(new) in (bytes, bytearray):
        held[:] = new
    elif isinstance(held, np.ndarray) and isinstance(new, np.ndarray) and _alike(held, new):
        held[...] = new
    elif isinstance(held, pd.DataFrame) and isinstance(new, pd.DataFrame) and new.columns.is_unique:
        held.drop(columns=list(held.columns), inplace=True)
        held.drop(index=list(held.index), inplace=True)
        for column in new.columns:
            held[column] = new[column]
        return bool(held.equals(new))
    elif isinstance(held, pd.Series) and isinstance(new, pd.Series) and held.index.equals(new.index):
        held.iloc[:] = new
        return bool(held.equals(new))
    else:
        return False
    return True


def _alike(one: Any, two: Any) -> bool:
    return bool(one.shape == two.shape and one.dtype == two.dtype)
