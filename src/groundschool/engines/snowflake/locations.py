"""Where files lie: stages named in statements, their URLs, and the files behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb

from groundschool.engines.snowflake import formats
from groundschool.engines.snowflake.failure import Failed, NotDone, bad_value, missing, wrong
from groundschool.engines.snowflake.objects import USER_STAGE, Access, Entry, Name, Options, Stage, Staged, now
from groundschool.engines.snowflake.words import parts

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

MOST_PATTERN = 1000
NOBODY = Access()  # the lab's own role


@dataclass(frozen=True)
class Location:
    """A stage and a path in it: for an external one its bucket and the whole prefix, else the files' own prefix.

    `shown` stands before an internal file's path in listings.
    """

    stage: Name
    bucket: str
    prefix: str
    path: str
    shown: str = ""
    access: Access = NOBODY
    format: Options = field(default_factory=dict)
    copy: Options = field(default_factory=dict)

    @property
    def external(self) -> bool:
        """Whether it is in S3."""
        return bool(self.bucket)


@dataclass(frozen=True)
class File:
    """A file at a location: `key` from the root of its bucket or stage, `address` as it is told."""

    key: str
    address: str
    size: int
    digest: str
    modified: Any
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """What METADATA$FILENAME is."""
        return self.key


def resolve(session: Session, reference: str) -> Location:
    """The location that "@stage/path" or an address in S3 names. Raises Failed."""
    if reference.startswith("s3://"):
        return of_address(reference)
    if not reference.startswith("@"):
        raise wrong(2003, "02000", f"Stage '{reference}' does not exist or not authorized.")
    stage, path = _cut(reference[1:])
    if stage == "~":
        return Location(USER_STAGE, "", path, path)
    if stage.rpartition(".")[2].startswith("%"):
        return _of_table(session, stage, path)
    name = session.full(parts(stage))
    found = session.account.objects.stages.get(name)
    if found is None:
        raise missing("Stage", ".".join(name))
    if not found.url:
        return Location(name, "", path, path, name[2].lower() + "/", format=found.format, copy=found.copy)
    bucket, _, root = found.url.removeprefix("s3://").partition("/")
    joined = f"{root}/{path}" if path and root and not root.endswith("/") else root + path
    return Location(name, bucket, joined, path, "", access(session, found), found.format, found.copy)


def of_address(address: str, access: Access = NOBODY) -> Location:
    """A location in S3 without a stage."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    return Location(("", "", ""), bucket, prefix, prefix, "", access)


def access(session: Session, stage: Stage) -> Access:
    """With whose rights a stage's files are reached. Raises Failed."""
    if not stage.integration:
        return stage.access
    integration = session.account.objects.integrations.get(stage.integration)
    if integration is None:
        raise missing("Integration", stage.integration)
    if not integration.enabled:
        raise Failed(3149, "0A000", f"Integration {integration.name} is disabled.")
    session.storage.check_role(integration.role)
    return Access(role=integration.role)


def files(session: Session, location: Location, pattern: str = "") -> list[File]:
    """The files at a location, by key; with a pattern, those whose path behind it fits as a whole. Raises Failed."""
    if location.external:
        entries = session.storage.list(location.bucket, location.prefix, location.access)
        found = [_object(session, location, entry) for entry in entries if not entry.key.endswith("/")]
    else:
        held = sorted(session.account.objects.files.get(location.stage, {}).items())
        found = [_staged(location, path, staged) for path, staged in held if path.startswith(location.prefix)]
    return _fitting(session, found, pattern, len(_folder(location))) if pattern else found


def _object(session: Session, location: Location, entry: Entry) -> File:
    read = partial(session.storage.read, location.bucket, entry.key, location.access)
    return File(entry.key, f"s3://{location.bucket}/{entry.key}", entry.size, entry.digest, entry.modified, read)


def _staged(location: Location, path: str, staged: Staged) -> File:
    def read() -> bytes:
        return staged.content

    return File(path, location.shown + path, len(staged.content), staged.digest, staged.modified, read)


def named(session: Session, location: Location, names: Sequence[str]) -> list[File]:
    """The files that FILES names. Raises Failed for one that is not there."""
    there = {file.key: file for file in files(session, location)}
    base = location.prefix + ("/" if location.prefix and not location.prefix.endswith("/") and location.path else "")
    found = []
    for name in names:
        file = there.get(base + name) or there.get(location.prefix + name)
        if file is None:
            words = f"Remote file '{location.shown}{base}{name}' was not found. There are several potential causes."
            raise Failed(91016, "22000", words)
        found.append(file)
    return found


def write(session: Session, location: Location, key: str, content: bytes) -> None:
    """Puts a file at a location; `key` counts from the root of its bucket or stage."""
    if location.external:
        session.storage.write(location.bucket, key, content, location.access)
    else:
        session.account.objects.files.setdefault(location.stage, {})[key] = Staged(content, now())


def remove(session: Session, location: Location, key: str) -> None:
    """Deletes a file."""
    if location.external:
        session.storage.delete(location.bucket, key, location.access)
    else:
        session.account.objects.files.get(location.stage, {}).pop(key, None)


def format_of(session: Session, location: Location, given: Any) -> formats.Format:
    """The format of a location's files: what is given in a statement, else the stage's. Raises Failed."""
    if given is None:
        return formats.made(named_options(session, location.format))
    if isinstance(given, str):
        given = {"FORMAT_NAME": given}
    if not isinstance(given, Mapping):
        raise bad_value("FILE_FORMAT", str(given))
    if not {"TYPE", "FORMAT_NAME"} & set(given):
        of_stage = named_options(session, location.format)
        return formats.made({**of_stage, **given})
    return formats.made(named_options(session, given))


def named_options(session: Session, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The options with those of the format that FORMAT_NAME names. Raises Failed."""
    if "FORMAT_NAME" not in options:
        return options
    name = session.full(parts(str(options["FORMAT_NAME"])))
    found = session.account.objects.formats.get(name)
    if found is None:
        raise missing("File format", ".".join(name))
    return {**found.options, **{key: value for key, value in options.items() if key != "FORMAT_NAME"}}


def _fitting(session: Session, found: Sequence[File], pattern: str, start: int) -> list[File]:
    """The files whose path from `start` on fits a pattern as a whole. DuckDB's patterns always end."""
    if len(pattern) > MOST_PATTERN:
        raise NotDone(f"take a PATTERN of more than {MOST_PATTERN:,} characters")
    try:
        asked = "SELECT regexp_full_match(unnest(?::varchar[]), ?)"
        fits = session.duck(asked, [[file.key[start:] for file in found], pattern]) if found else []
    except duckdb.Error:
        raise bad_value("PATTERN", pattern) from None
    return [file for file, (fit,) in zip(found, fits, strict=True) if fit]


def _folder(location: Location) -> str:
    """The part of a prefix that names a folder: patterns are for what stands behind it."""
    root = location.prefix[: len(location.prefix) - len(location.path)] if location.path else location.prefix
    return root if location.path else location.prefix


def _of_table(session: Session, stage: str, path: str) -> Location:
    from groundschool.engines.snowflake import names

    name = session.full(parts(stage.replace("%", "", 1)))
    if not names.columns(session, name):
        raise missing("Stage", ".".join((*name[:2], "%" + name[2])))
    return Location((name[0], name[1], "%" + name[2]), "", path, path)


def _cut(text: str) -> tuple[str, str]:
    """The stage and the path of a reference without its sign."""
    inside = False
    for position, sign in enumerate(text):
        inside = inside != (sign == '"')
        if sign == "/" and not inside:
            return text[:position], text[position + 1 :]
    return text, ""
