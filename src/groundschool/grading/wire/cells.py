"""What the driver and a candidate's process say to each other about cells, answers to be kept, and forks.

The kinds of messages that may arrive at a place, and what examiner and answers say to each other, are `protocol`'s.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="is", tag=str.lower):
    """A request or a reply. Values and bytes lie in its blobs, in the order of its fields."""


# -- the driver to the candidate
class RunCell(Message, frozen=True):
    """Run a cell. -> CellRan"""

    source: str


class Keep(Message, frozen=True):
    """Keep answers and files as they are now, as those of a test cell. -> Kept"""

    test: str
    names: tuple[str, ...]
    files: tuple[str, ...]


class Fork(Message, frozen=True):
    """Fork a process that serves on the channel whose descriptor follows this message. -> Forked"""


class EndFork(Message, frozen=True):
    """End a fork, with all it started. -> Done"""

    pid: int


class TakeOver(Message, frozen=True):
    """Go on in place of the process that this one was forked from, which ends with all it started since. -> Done"""


class Check(Message, frozen=True):
    """Can answers still be called? -> Checked"""


class Kept(Message, frozen=True):
    """`live`: something of what was kept needs a process later, a function or a script."""

    live: bool


class Forked(Message, frozen=True):
    """The fork's pid, as its box numbers it."""

    pid: int


class Checked(Message, frozen=True):
    """`fit`: the JVM lives, where there was one."""

    fit: bool


class CellRan(Message, frozen=True):
    """What a cell showed, as nbformat's outputs, and the error it ended with; empty when it ran to its end."""

    outputs: list[Any]
    error: str
    dropped: bool
