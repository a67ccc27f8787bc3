"""What a test cell may hand to an answer, and what an answer may hand back.

A test cell describes its arguments (`Frame`, `Stream`, `File`, `Folder`, `Client`); they become a Spark DataFrame, a
stream, a path or a client on the candidate's side only. Plain values pass as they are. How either crosses a process
border is not known here.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import inspect
import io
import itertools
import shutil
import tempfile
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from groundschool import clients
from groundschool.checks.table.arrow import is_frame, local, to_table
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Text

MAX_ITEMS = 1_000_000
ENDED = "Its process ended before the answer was given."
HOLDING = ("redshift",)  # services whose connections keep a transaction, and its locks, until they are closed
REFUSED = "A hidden check refused what the answer handed over."
# Built-in exceptions that mean something to whoever runs the test cell, or that are not made from one text.
UNUSABLE = (StopIteration, StopAsyncIteration, OSError, UnicodeError, BaseExceptionGroup)


@dataclass(frozen=True)
class Frame:
    """A table for an answer: a Spark DataFrame for a function, an input table for a query. `pandas` asks for a pandas
    one.
    """

    table: Any
    engine: Literal["spark", "pandas"] = "spark"


@dataclass(frozen=True)
class Stream:
    """A readable binary stream over `content`.

    With `at_once`, it is like a socket's: it cannot be rewound, and one read gives at most so many bytes. With
    `breaks`, reading beyond the content raises ConnectionError, in place of saying that the stream is at its end.
    """

    content: bytes
    at_once: int = 0
    breaks: bool = False


class Arriving(io.RawIOBase):
    """What a function receives for a `Stream` that gives less than it is asked for, or breaks off."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self._left, self._most, self._breaks = memoryview(stream.content), stream.at_once, stream.breaks

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, room: Any) -> int:
        """Fills as much of the room as one read gives. Raises ConnectionError."""
        if self._breaks and not self._left:
            raise ConnectionResetError("The sender has closed the connection.")
        size = min(len(room), len(self._left), self._most or len(room))
        room[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


@dataclass(frozen=True)
class File:
    """An ordinary file called `name` in the answer's working folder; the answer receives its path as text."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Folder:
    """An ordinary folder that holds these files, by their paths in it; the answer receives its path as text. It is gone
    after the call.
    """

    name: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Written:
    """The answer is a file that its cell writes with `%%writefile`: `checks.question(Written("load.py"))`."""

    name: str


@dataclass(frozen=True)
class Client:
    """A boto3 client of `service`, with the credentials of `role`, against the lab."""

    service: str
    role: str = "candidate"


class NotAnAnswer(GroundSchoolError):
    """What was handed over is not one of the kinds of answers."""


class AnswerRaised(Exception):
    """The answer's own code raised. `kind` is the exception's class name, the text its message."""

    kind = "Exception"

    @staticmethod
    def of(kind: str, message: str) -> AnswerRaised:
        """An exception that is also of the built-in class `kind`, if that is an ordinary one, so that `except
        ValueError` works.
        """
        known = getattr(builtins, kind, None)
        bases: tuple[type, ...] = (AnswerRaised,)
        if isinstance(known, type) and issubclass(known, Exception) and not issubclass(known, UNUSABLE):
            bases = (AnswerRaised, known)
        error: AnswerRaised = type(kind if kind.isidentifier() else "Exception", bases, {"kind": kind})(message)
        return error


class Stopped(BaseException):
    """The answer's process is gone, or was stopped at a limit. Not an `Exception`: no test cell may take it for a
    result.
    """

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


def kind_of(value: object) -> Literal["missing", "text", "function", "data"]:
    """Which kind of answer a value is. Data is checked when it is encoded, not here."""
    if value is None or value is ...:
        return "missing"
    if isinstance(value, str):
        return "text"
    return "function" if callable(value) else "data"


def is_starter(value: object) -> bool:
    """True for what a starter leaves behind: nothing, blank text, or a function whose body is `...`."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, types.FunctionType):
        return _says_nothing(value.__code__)
    return kind_of(value) == "missing"


def _says_nothing(code: types.CodeType) -> bool:
    def blank() -> None: ...

    return code.co_code == blank.__code__.co_code and not code.co_names


def described(value: object) -> object:
    """A part of a dataset as the description of an argument: a text file is a `File`, anything else is what it is."""
    return File(value.name, value.content) if isinstance(value, Text) else value


def materialise(arguments: Mapping[str, object]) -> dict[str, object]:
    """The arguments as the answer's code receives them. Raises GroundSchoolError when an engine is missing."""
    return {name: _materialise(value) for name, value in arguments.items()}


def _materialise(value: object) -> object:
    if isinstance(value, Frame):
        table = to_table(value.table)
        if value.engine == "pandas":
            return table.to_pandas()
        from groundschool.engines.spark import spark

        return spark().createDataFrame(table)
    if isinstance(value, Stream):
        return Arriving(value) if value.at_once or value.breaks else io.BytesIO(value.content)
    if isinstance(value, File):
        path = Path(value.name).name
        Path(path).write_bytes(value.content)
        return path
    if isinstance(value, Folder):
        return _laid_out(value)
    if isinstance(value, Client):
        return clients.client(value.service, value.role)
    return copy.deepcopy(value)


def _laid_out(folder: Folder) -> str:
    """The path of a new folder with the files."""
    path = Path(tempfile.mkdtemp(prefix="groundschool-")) / Path(folder.name).name
    path.mkdir()
    for name, content in folder.files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return str(path)


def let_go(given: Sequence[object], made: Sequence[Any]) -> None:
    """Closes the connections among what was made of the arguments given, so that what they have not committed is gone,
    and removes folders.
    """
    for value, argument in zip(given, made, strict=True):
        if isinstance(value, Folder):
            shutil.rmtree(Path(argument).parent, ignore_errors=True)
        if isinstance(value, Client) and value.service in HOLDING:
            with contextlib.suppress(Exception):  # it may be closed, or broken
                argument.close()


def bring_back(value: object) -> object:
    """A result as plain data: any engine's frame as an Arrow table, a generator as a list. Raises NotAnAnswer when too
    large.
    """
    value = local(value)
    if is_frame(value) and type(value).__module__.split(".")[0] != "pandas":
        return to_table(value)  # a pandas frame keeps its index until it is compared
    if isinstance(value, Iterator) or inspect.isgenerator(value):
        items = list(itertools.islice(value, MAX_ITEMS + 1))
        if len(items) > MAX_ITEMS:
            raise NotAnAnswer(f"The answer yields more than {MAX_ITEMS:,} items; a finite result was expected.")
        return [bring_back(item) for item in items]
    return value
