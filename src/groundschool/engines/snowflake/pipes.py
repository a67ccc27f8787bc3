"""Snowpipe: a COPY that runs for each new file its stage is told of, or that REFRESH finds; each file once a pipe.

`arrived` is told of an object by whoever hears S3's events. A pipe's memory is of paths: an object that is written anew
under the same key is not loaded again.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from groundschool.engines.snowflake import commands, copying, definitions, loading, locations
from groundschool.engines.snowflake.commands import Command
from groundschool.engines.snowflake.failure import Failed, NotDone, bad_option, exists, missing, wrong
from groundschool.engines.snowflake.locations import File
from groundschool.engines.snowflake.objects import Name, Pipe, now
from groundschool.engines.snowflake.outcome import TEXT, Outcome, rows, status
from groundschool.engines.snowflake.words import Words, flag, parts

if TYPE_CHECKING:
    from groundschool.engines.snowflake.session import Session

OPTIONS = ("AUTO_INGEST", "COMMENT")
REFUSED = ("AWS_SNS_TOPIC", "INTEGRATION", "ERROR_INTEGRATION")
NEVER = ("FORCE", "PURGE", "SIZE_LIMIT", "RETURN_FAILED_ONLY", "VALIDATION_MODE", "FILES")
REMEMBERED = dt.timedelta(days=14)
MOST_SECONDS = 20  # of loading before one statement
REACHED = dt.timedelta(days=7)  # by REFRESH


def create(session: Session, words: Words, replaces: bool) -> Outcome:
    """CREATE PIPE."""
    lenient = words.takes("IF", "NOT", "EXISTS")
    name = session.place(words.name())
    options: dict[str, Any] = {}
    while not words.ahead("AS"):
        before = dict(options)
        options.update(words.one_option())
        if options == before:
            raise words.unexpected()
    words.must("AS")
    definition = words.left()
    pipes = session.account.objects.pipes
    if name in pipes and not replaces:
        if lenient:
            return status(f"{name[2]} already exists, statement succeeded.")
        raise exists(".".join(name))
    pipes[name] = _pipe(session, name, definition, options)
    return status(f"Pipe {name[2]} successfully created.")


def _pipe(session: Session, name: Name, definition: str, options: dict[str, Any]) -> Pipe:
    for given in options:
        if given in REFUSED:
            raise NotDone(f"do {given} of a pipe")
        if given not in OPTIONS:
            raise bad_option(given, "PIPE")
    command = _command(session, definition)
    for given in NEVER:
        if given in command.options:
            raise wrong(2, "0A000", f"The copy option {given} is not supported in a pipe.")
    if command.on_error == "ABORT_STATEMENT" and "ON_ERROR" in command.options:
        raise wrong(2, "0A000", "ON_ERROR = ABORT_STATEMENT is not supported in a pipe.")
    loading.columns(session, command)  # the table is there
    auto = flag(options, "AUTO_INGEST", False)
    if auto and not command.location.external:
        raise NotDone("do AUTO_INGEST from an internal stage")
    channel = session.storage.queue(command.location.bucket) if auto else ""
    location = command.location
    return Pipe(
        name,
        definition,
        location.stage,
        f"s3://{location.bucket}/{location.prefix}" if location.external else location.path,
        command.table,
        auto,
        channel,
        comment=str(options.get("COMMENT", "")),
    )


def _command(session: Session, definition: str) -> Command:
    words = Words(definition)
    words.must("COPY", "INTO")
    if words.next.kind in ("stage", "text"):
        raise wrong(1003, "42000", "syntax error: a pipe's COPY INTO loads a table.")
    return commands.parsed(session, words)


def alter(session: Session, words: Words) -> Outcome:
    """ALTER PIPE: SET, REFRESH."""
    lenient = words.takes("IF", "EXISTS")
    name = session.full(words.name())
    pipe = session.account.objects.pipes.get(name)
    if pipe is None:
        if lenient:
            return status("Statement executed successfully.")
        raise missing("Pipe", ".".join(name))
    if words.takes("REFRESH"):
        return _refresh(session, pipe, words)
    if not words.takes("SET"):
        raise NotDone("do ALTER PIPE but for SET and REFRESH")
    options = words.options()
    words.end()
    for given in options:
        if given not in ("PIPE_EXECUTION_PAUSED", "COMMENT"):
            raise bad_option(given, "PIPE")
    pipe.comment = str(options.get("COMMENT", pipe.comment))
    pipe.paused = flag(options, "PIPE_EXECUTION_PAUSED", pipe.paused)
    if not pipe.paused and pipe.waiting:
        waiting, pipe.waiting = pipe.waiting, []
        ingest(session, pipe, waiting)
    return status("Statement executed successfully.")


def _refresh(session: Session, pipe: Pipe, words: Words) -> Outcome:
    options = words.options()
    words.end()
    for given in options:
        if given not in ("PREFIX", "MODIFIED_AFTER"):
            raise bad_option(given, "PIPE")
    after = now() - REACHED
    if "MODIFIED_AFTER" in options:
        try:
            given_ = dt.datetime.fromisoformat(str(options["MODIFIED_AFTER"]))
        except ValueError:
            raise wrong(
                1008, "22023", f"invalid value [{options['MODIFIED_AFTER']}] for parameter 'MODIFIED_AFTER'"
            ) from None
        given_ = given_.astimezone(dt.UTC).replace(tzinfo=None) if given_.tzinfo else given_
        if given_ < after:
            raise wrong(1008, "22023", "MODIFIED_AFTER is not more than 7 days ago.")
        after = given_
    with session.at(pipe.name[0], pipe.name[1]):
        command = _command(session, pipe.definition)
    prefix = str(options.get("PREFIX", ""))
    location = command.location
    begin = location.prefix + ("/" if prefix and location.path and not location.prefix.endswith("/") else "") + prefix
    found = locations.files(session, replace(location, prefix=begin), "")
    fresh = [file for file in found if file.modified.replace(tzinfo=None) >= after and not _taken(pipe, file.address)]
    fresh = _matching(session, command, fresh)
    sent = [[file.key[len(location.prefix) :].lstrip("/") or file.key, "SENT"] for file in fresh]
    if pipe.paused:
        pipe.waiting += [file.address for file in fresh if file.address not in pipe.waiting]
    else:
        ingest(session, pipe, [file.address for file in fresh])
    return rows({"file": TEXT, "status": TEXT}, sent)


def drop(session: Session, words: Words) -> Outcome:
    """DROP PIPE."""
    found: Outcome = definitions.drop("PIPE", "pipes")(session, words)
    return found


def show(session: Session, words: Words) -> Outcome:
    """SHOW PIPES."""
    kinds = dict.fromkeys(
        (
            "created_on",
            "name",
            "database_name",
            "schema_name",
            "definition",
            "owner",
            "notification_channel",
            "comment",
            "integration",
            "pattern",
            "error_integration",
            "owner_role_type",
            "invalid_reason",
        ),
        TEXT,
    )
    found = [
        [
            "2026-01-01 00:00:00.000 +0000",
            p.name[2],
            p.name[0],
            p.name[1],
            p.definition,
            "SYSADMIN",
            p.channel or None,
            p.comment,
            None,
            None,
            None,
            "ROLE",
            None,
        ]
        for p in definitions.shown(session, words, session.account.objects.pipes).values()
    ]
    return rows(kinds, found)


def describe(session: Session, words: Words) -> Outcome:
    """DESC PIPE."""
    name = session.full(words.name())
    words.end()
    pipe = session.account.objects.pipes.get(name)
    if pipe is None:
        raise missing("Pipe", ".".join(name))
    kinds = dict.fromkeys(
        ("name", "database_name", "schema_name", "definition", "owner", "notification_channel", "comment"), TEXT
    )
    return rows(kinds, [[name[2], name[0], name[1], pipe.definition, "SYSADMIN", pipe.channel or None, pipe.comment]])


def told(session: Session, name: str) -> str:
    """SYSTEM$PIPE_STATUS, as JSON. Raises Failed."""
    full = session.full(parts(name))
    pipe = session.account.objects.pipes.get(full)
    if pipe is None:
        raise missing("Pipe", ".".join(full))
    found: dict[str, Any] = {
        "executionState": "PAUSED" if pipe.paused else "RUNNING",
        "pendingFileCount": len(pipe.waiting),
    }
    if pipe.auto:
        found |= {"notificationChannelName": pipe.channel, "numOutstandingMessagesOnChannel": 0}
    if pipe.last_received:
        found["lastReceivedMessageTimestamp"] = _stamp(pipe.last_received)
    if pipe.last_forwarded:
        found |= {"lastForwardedMessageTimestamp": _stamp(pipe.last_forwarded), "lastForwardedFilePath": pipe.last_path}
    if pipe.last_ingested:
        found |= {"lastIngestedTimestamp": _stamp(pipe.last_ingested), "lastIngestedFilePath": pipe.last_path}
    return json.dumps(found)


def arrived(session: Session, addresses: Sequence[str]) -> None:
    """Events of objects: each pipe with AUTO_INGEST under whose prefix one lies takes it, or keeps it while paused.

    After some seconds no further file is begun: pipes that feed each other would never end.
    """
    end = time.monotonic() + MOST_SECONDS
    for pipe in list(session.account.objects.pipes.values()):
        for address in addresses:
            if pipe.auto and address.startswith(pipe.path) and time.monotonic() < end:
                _arrived(session, pipe, address)


def _arrived(session: Session, pipe: Pipe, address: str) -> None:
    pipe.last_received = now()
    if not pipe.paused:
        ingest(session, pipe, [address])
    elif not _taken(pipe, address) and address not in pipe.waiting:
        pipe.waiting.append(address)


def ingest(session: Session, pipe: Pipe, addresses: Sequence[str]) -> None:
    """Loads the files that a pipe has not taken before. What fails is told by the copy history only."""
    with session.at(pipe.name[0], pipe.name[1]):
        _ingest(session, pipe, addresses)


def _ingest(session: Session, pipe: Pipe, addresses: Sequence[str]) -> None:
    try:
        command = _command(session, pipe.definition)
        found = {file.address: file for file in locations.files(session, command.location)}
        fresh = [
            found[address] for address in dict.fromkeys(addresses) if address in found and not _taken(pipe, address)
        ]
        fresh = _matching(session, command, fresh)
    except Failed:
        return
    options = {"ON_ERROR": "SKIP_FILE", **command.options}
    for file in fresh:
        pipe.taken[file.address] = pipe.last_forwarded = now()
        pipe.last_path = file.key
        try:
            copying.load(session, replace(command, options=options), [file], pipe.name)
            pipe.last_ingested = now()
        except Failed as failed:
            copying.note_failure(session, command, file, failed, pipe.name)


def _matching(session: Session, command: Command, files: Sequence[File]) -> list[File]:
    """Those of the files that the PATTERN of the pipe's COPY lets pass."""
    if "PATTERN" not in command.options:
        return list(files)
    chosen = {file.address for file in locations.files(session, command.location, str(command.options["PATTERN"]))}
    return [file for file in files if file.address in chosen]


def _taken(pipe: Pipe, address: str) -> bool:
    return address in pipe.taken and now() - pipe.taken[address] < REMEMBERED


def _stamp(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"
