"""LIST, REMOVE, PUT and GET. The bodies of PUT and GET go between the client and the lab, beside the statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groundschool.engines.snowflake import locations
from groundschool.engines.snowflake.failure import Failed, NotDone, bad_option, bad_value
from groundschool.engines.snowflake.locations import Location
from groundschool.engines.snowflake.objects import Objects, Staged, now
from groundschool.engines.snowflake.outcome import NUMBER, TEXT, Outcome, rows, status
from groundschool.engines.snowflake.words import Words, flag, unquoted

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

WHEN = "%a, %d %b %Y %H:%M:%S GMT"
MOST_STAGED = 512 << 20  # bytes in the internal stages of an account


@dataclass(frozen=True)
class Transfer:
    """What a client is to do: put local files to a location, or get files of it into a local folder."""

    location: Location
    local: str
    names: Sequence[str] = ()  # of files to get
    overwrite: bool = False
    compress: bool = True
    compression: str = "auto_detect"
    parallel: int = 4


def listed(session: Session, words: Words) -> Outcome:
    """LIST."""
    location, pattern = _asked(session, words)
    found = [
        [file.address, file.size, file.digest, file.modified.strftime(WHEN)]
        for file in locations.files(session, location, pattern)
    ]
    return rows({"name": TEXT, "size": NUMBER, "md5": TEXT, "last_modified": TEXT}, found)


def removed(session: Session, words: Words) -> Outcome:
    """REMOVE."""
    location, pattern = _asked(session, words)
    found = locations.files(session, location, pattern)
    for file in found:
        locations.remove(session, location, file.key)
    return rows({"name": TEXT, "result": TEXT}, [[file.address, "removed"] for file in found])


def put(session: Session, words: Words) -> Outcome:
    """PUT: tells the client what to send where."""
    local = _local(words)
    location = _stage(session, words)
    if location.external:
        raise Failed(2, "0A000", "Unsupported feature 'PUT to an external stage': put the objects into the bucket.")
    options = _options(words, ("PARALLEL", "AUTO_COMPRESS", "SOURCE_COMPRESSION", "OVERWRITE"))
    compression = str(options.get("SOURCE_COMPRESSION", "AUTO_DETECT")).lower()
    if compression not in ("auto_detect", "gzip", "none"):
        raise NotDone(f"take files compressed by {compression}")
    transfer = Transfer(
        location, local, (), flag(options, "OVERWRITE", False), flag(options, "AUTO_COMPRESS", True), compression
    )
    return replace(status("PUT"), transfer={"put": transfer})


def get(session: Session, words: Words) -> Outcome:
    """GET: tells the client what to fetch."""
    location = _stage(session, words)
    local = _local(words)
    if location.external:
        raise Failed(2, "0A000", "Unsupported feature 'GET from an external stage': get the objects from the bucket.")
    options = _options(words, ("PARALLEL", "PATTERN"))
    names = [file.key for file in locations.files(session, location, str(options.get("PATTERN", "")))]
    return replace(status("GET"), transfer={"get": Transfer(location, local, names)})


def receive(objects: Objects, transfer: Transfer, name: str, content: bytes) -> None:
    """Takes the body of a file that a client puts. One that is there stays, unless OVERWRITE says otherwise."""
    files = objects.files.setdefault(transfer.location.stage, {})
    path = transfer.location.prefix
    key = f"{path}{'' if not path or path.endswith('/') else '/'}{name}"
    held = sum(len(file.content) for stage in objects.files.values() for file in stage.values())
    if held + len(content) > MOST_STAGED:
        raise NotDone(f"hold more than {MOST_STAGED >> 20} MiB in internal stages")
    if transfer.overwrite or key not in files:
        files[key] = Staged(content, now())


def _asked(session: Session, words: Words) -> tuple[Location, str]:
    location = _stage(session, words)
    options = _options(words, ("PATTERN",))
    return location, str(options.get("PATTERN", ""))


def _stage(session: Session, words: Words) -> Location:
    word = words.take()
    reference = unquoted(word.text) if word.kind == "text" else word.text
    if not reference.startswith("@"):
        raise bad_value("stage", reference)
    return locations.resolve(session, reference)


def _local(words: Words) -> str:
    word = words.take()
    text = unquoted(word.text) if word.kind == "text" else word.text
    if not text.startswith("file://"):
        raise Failed(
            1003, "42000", f"SQL compilation error:\nA local path begins with file://, not with {text[:40]!r}."
        )
    return text.removeprefix("file://")


def _options(words: Words, known: Sequence[str]) -> dict[str, Any]:
    options = words.options()
    words.end()
    for name in options:
        if name not in known:
            raise bad_option(name, "statement")
    return options
