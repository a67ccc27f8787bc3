"""What an engine is: runs one text of a candidate's over a dataset, and gives what it returned or left behind.

An engine is a module of this folder with a function `open`; it is found by the module's name. One that needs the lab
finds it as any client of its process does.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Literal, Protocol, cast, get_args

import pyarrow as pa

from groundschool import engines
from groundschool.errors import GroundSchoolError
from groundschool.fixtures.dataset import Dataset, Objects, Text

Kind = Literal["select", "statement", "script"]
KINDS: tuple[str, ...] = get_args(Kind)
DEFAULT = "duckdb"


class UnknownEngine(GroundSchoolError):
    """No engine has this name; the message lists those that exist."""


class QueryRefused(GroundSchoolError):
    """The text is not what its kind allows; it was not run."""


class QueryFailed(GroundSchoolError):
    """The engine could not run the text; the message is the engine's. `at` shows the place in the text, "" where that
    is not known.
    """

    def __init__(self, message: str, at: str = "") -> None:
        super().__init__(message)
        self.at = at


class QueryOutOfMemory(QueryFailed):
    """The text needs more memory than it may have; the message is ours."""


class Session(Protocol):
    """An engine that holds one dataset, for one text."""

    def run(self, text: str, kind: Kind) -> pa.Table:
        """What the text, or a script's last statement, returns. Raises QueryRefused and QueryFailed."""

    def table(self, name: str) -> pa.Table:
        """A table as the text has left it. Raises QueryFailed when there is none of this name."""

    def close(self) -> None:
        """Forgets the dataset and what the text has made of it."""


class Engine(Protocol):
    """What a module of this folder offers to be an engine."""

    def open(self, dataset: Dataset) -> Session:
        """A session over the dataset. Raises GroundSchoolError for a part that the engine cannot read."""


def find(name: str) -> Engine:
    """The engine called `name`. Raises UnknownEngine."""
    modules = _modules()
    found = _loaded(modules[name]) if name in modules else None
    if found is None or not hasattr(found, "open"):
        known = sorted(each for each, module in modules.items() if hasattr(_loaded(module), "open"))
        raise UnknownEngine(f"No engine is called {name!r}; expected one of: {', '.join(known)}.")
    return cast(Engine, found)


@cache
def _modules() -> Mapping[str, str]:
    """The modules of this folder by the names of engines that they would have."""
    return {module.name.rstrip("_"): module.name for module in pkgutil.iter_modules(engines.__path__)}


def _loaded(module: str) -> ModuleType:
    return importlib.import_module(f"{engines.__name__}.{module}")


def fill(
    dataset: Dataset,
    put: Callable[[Objects], None],
    keep: Callable[[str, pa.Table], None],
    run: Callable[[str, Kind], object],
) -> None:
    """Gives a warehouse's session its dataset: the objects of buckets, then tables by their names in lower case, then
    its texts, which are scripts that may use both.
    """
    for part in dataset.values():
        if isinstance(part, Objects):
            put(part)
    for name, part in dataset.items():
        if isinstance(part, pa.Table):
            keep(name.casefold(), part)
    for part in dataset.values():
        if isinstance(part, Text):
            run(part.content.decode(), "script")


def answer(text: str, dataset: Dataset, *, name: str = DEFAULT, kind: Kind = "select", leaves: str = "") -> pa.Table:
    """What `text` returns over the dataset or, with `leaves`, the table of that name as it is afterwards.

    Raises QueryRefused, QueryFailed, UnknownEngine.
    """
    session = find(name).open(dataset)
    try:
        rows = session.run(text, kind)
        return session.table(leaves) if leaves else rows
    finally:
        session.close()
