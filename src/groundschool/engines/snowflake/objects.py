"""What an account keeps beside its tables: stages and their files, file formats, integrations, pipes, loads.

All of it is plain data that `copy.deepcopy` copies; names are (database, schema, name) as they are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Name = tuple[str, str, str]
Options = Mapping[str, Any]
USER_STAGE: Name = ("", "", "~")


@dataclass(frozen=True)
class Staged:
    """A file of an internal stage."""

    content: bytes
    modified: dt.datetime

    @property
    def digest(self) -> str:
        """The MD5 of its content."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Access:
    """With whose rights S3 is reached: the role of an integration, else a pair of keys, else the lab's own role."""

    role: str = ""
    key: str = ""
    secret: str = ""
    token: str = ""


@dataclass(frozen=True)
class Stage:
    """A named stage; without a URL it is internal."""

    name: Name
    url: str = ""
    integration: str = ""
    access: Access = Access()
    format: Options = field(default_factory=dict)
    copy: Options = field(default_factory=dict)
    comment: str = ""
    created: dt.datetime = dt.datetime(2026, 1, 1)


@dataclass(frozen=True)
class FileFormat:
    """A named file format."""

    name: Name
    options: Options
    comment: str = ""


@dataclass(frozen=True)
class Integration:
    """A storage integration: a role of AWS, and the locations that stages may use with it."""

    name: str
    role: str
    allowed: Sequence[str]
    blocked: Sequence[str] = ()
    enabled: bool = True


@dataclass(frozen=True)
class Load:
    """What a table remembers of a file that was loaded: which content, and how it went."""

    digest: str
    status: str
    at: dt.datetime


@dataclass(frozen=True)
class Event:
    """A line of the copy history."""

    table: Name
    file: str
    stage: str
    at: dt.datetime
    loaded: int
    parsed: int
    size: int
    errors: int
    limit: int
    status: str  # "Loaded", "Load failed", "Partially loaded"
    message: str | None = None
    line: int | None = None
    character: int | None = None
    column: str | None = None
    pipe: Name | None = None


@dataclass
class Pipe:
    """A pipe, and what it remembers: the files it has taken, by address; those that wait while it is paused."""

    name: Name
    definition: str
    stage: Name
    path: str
    table: Name
    auto: bool = False
    channel: str = ""
    paused: bool = False
    comment: str = ""
    taken: dict[str, dt.datetime] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    last_received: dt.datetime | None = None
    last_forwarded: dt.datetime | None = None
    last_path: str = ""
    last_ingested: dt.datetime | None = None


@dataclass
class Objects:
    """All of an account's."""

    stages: dict[Name, Stage] = field(default_factory=dict)
    files: dict[Name, dict[str, Staged]] = field(default_factory=dict)
    formats: dict[Name, FileFormat] = field(default_factory=dict)
    integrations: dict[str, Integration] = field(default_factory=dict)
    pipes: dict[Name, Pipe] = field(default_factory=dict)
    loads: dict[Name, dict[str, Load]] = field(default_factory=dict)
    history: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A file at a location: its key from the bucket's or stage's root, size, digest, and when it came."""

    key: str
    size: int
    digest: str
    modified: dt.datetime


class Storage(Protocol):
    """S3 as stages reach it. Every method raises Failed in Snowflake's words where S3 refuses."""

    def list(self, bucket: str, prefix: str, access: Access) -> Sequence[Entry]:
        """The objects under a prefix, by key."""

    def read(self, bucket: str, key: str, access: Access) -> bytes:
        """An object's body."""

    def write(self, bucket: str, key: str, content: bytes, access: Access) -> None:
        """Puts an object."""

    def delete(self, bucket: str, key: str, access: Access) -> None:
        """Deletes an object."""

    def check_role(self, role: str) -> None:
        """Raises Failed when Snowflake may not assume the role with this ARN."""

    def queue(self, bucket: str) -> str:
        """The ARN of the queue in which Snowflake hears of a bucket's new objects. Made when first asked for."""


def now() -> dt.datetime:
    """The present time, in UTC and without a zone, as Snowflake keeps it here."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)
