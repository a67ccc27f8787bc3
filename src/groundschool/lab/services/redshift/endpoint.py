"""Redshift's door: a connection that speaks PostgreSQL's protocol, from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import itertools
import secrets
import struct
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

from groundschool.engines.redshift import parse
from groundschool.engines.redshift.failure import Ended, Failed
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.session import Session
from groundschool.lab.access import Key
from groundschool.lab.faults import Fault, refusal
from groundschool.lab.guard import LONGEST_LOG, Guard, Request
from groundschool.lab.services.redshift import messages, statements
from groundschool.lab.services.redshift.conversation import Conversation
from groundschool.lab.services.redshift.messages import Body, message
from groundschool.lab.services.redshift.state import DATABASE, NAME
from groundschool.lab.services.redshift.storage import Roles

MOST_SESSIONS = 50
LARGEST, LARGEST_START = 64 << 20, 10_000
SECONDS_TO_START = 30
VERSION, SSL, GSS, CANCEL = 196_608, 80_877_103, 80_877_104, 80_877_102
TOLD = {"server_version": "8.0.2", "server_protocol_version": "0", "client_encoding": "UTF8", "DateStyle": "ISO, MDY",
        "integer_datetimes": "on", "standard_conforming_strings": "on", "TimeZone": "UTC", "server_encoding": "UTF8",
        "is_superuser": "on"}  # fmt: skip
_backends = itertools.count(1_073_741_824)
_sessions: dict[tuple[int, int], Session] = {}


@cache
def _pool() -> ThreadPoolExecutor:
    """Made when first asked for: a lab is forked from a process without threads."""
    return ThreadPoolExecutor(MOST_SESSIONS, thread_name_prefix="redshift")


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, guard: Guard, keys: Mapping[str, Key]
) -> None:
    """Serves a connection until its end. The users are the roles, each with its secret for a password."""
    try:
        user = await asyncio.wait_for(_started(reader, writer, keys), SECONDS_TO_START)
        if user:
            await _served(reader, writer, guard, user)
    except Failed as failed:
        with contextlib.suppress(OSError):
            writer.write(messages.error(failed, "FATAL"))
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError, Ended):
        pass  # TimeoutError among them
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _started(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keys: Mapping[str, Key]) -> str:
    """The user, once the password is right; empty for a connection that only cancels. Raises Failed."""
    while True:
        body = Body(await _sized(reader, LARGEST_START))
        version = body.long()
        if version not in (SSL, GSS):
            break
        writer.write(b"N")  # on the loopback interface nobody listens
    if version == CANCEL:
        session = _sessions.get((body.long(), body.long()))
        if session is not None:
            session.interrupt()
        return ""
    if version != VERSION:
        raise Failed("0A000", f"The lab does not speak version {version >> 16}.{version & 0xFFFF} of the protocol.")
    given: dict[str, str] = {}
    while (name := body.text()) != "":
        given[name] = body.text()
    user = given.get("user", "")
    writer.write(message(b"R", struct.pack("!i", 3)))
    await writer.drain()
    kind = await reader.readexactly(1)
    password = Body(await _sized(reader, LARGEST_START)).text() if kind == b"p" else ""
    if user not in keys or not hmac.compare_digest(password.encode(), keys[user].secret.encode()):
        raise Failed("28000", f'password authentication failed for user "{user}"')
    if given.get("database", user) != NAME:
        raise Failed("3D000", f'database "{given.get("database", user)}" does not exist')
    return user


async def _sized(reader: asyncio.StreamReader, most: int) -> bytes:
    (size,) = struct.unpack("!i", await reader.readexactly(4))
    if not 4 <= size <= most:
        raise Failed("08P01", "invalid message length")
    return await reader.readexactly(size - 4)


async def _served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, guard: Guard, user: str) -> None:
    loop = asyncio.get_running_loop()
    if len(_sessions) >= MOST_SESSIONS:
        raise Failed("53300", f"The lab does not keep more than {MOST_SESSIONS} connections at a time.")
    own = next(_backends), secrets.randbits(31)
    session = await loop.run_in_executor(_pool(), lambda: Session(DATABASE, Roles(user), user, own[0]))
    _sessions[own] = session
    try:
        conversation = Conversation(session, _watched(guard, user, session))
        writer.write(message(b"R", struct.pack("!i", 0)))
        for name, value in TOLD.items():
            writer.write(message(b"S", messages.text(name) + messages.text(value)))
        writer.write(message(b"K", struct.pack("!ii", *own)) + conversation.ready())
        await writer.drain()
        while True:
            kind = await reader.readexactly(1)
            body = await _sized(reader, LARGEST)
            writer.write(await loop.run_in_executor(_pool(), conversation.answer, kind, body))
            await writer.drain()
    finally:
        del _sessions[own]
        session.interrupt()
        await loop.run_in_executor(_pool(), session.close)


def _watched(guard: Guard, user: str, session: Session) -> Callable[[str, Callable[[], Outcome]], Outcome]:
    """Runs a statement as the lab's faults let it, and logs it."""

    def run(text: str, work: Callable[[], Outcome]) -> Outcome:
        entry = Request(
            user, "SQL", parse.unmarked(text.strip()), 200, service="redshift", operation=statements.operation(text)
        )
        status = 200
        try:
            return _done(guard, entry, session, work)
        except Failed:
            status = 400
            raise
        except Ended:
            status = 0
            raise
        finally:
            if status and len(guard.log) < LONGEST_LOG:
                guard.log.append(replace(entry, status=status, sent=len(text.encode())))

    return run


def _done(guard: Guard, entry: Request, session: Session, work: Callable[[], Outcome]) -> Outcome:
    if entry.role == "examiner":
        return work()
    if len(guard.log) >= LONGEST_LOG:
        raise Failed("53400", f"The lab does not answer more than {LONGEST_LOG:,} requests.")
    if guard.faults.ended:
        raise Ended
    fault = _struck(guard, entry.operation)
    if fault is None:
        return work()
    if fault.how == "crash":
        raise Ended
    if fault.how == "rival":
        statements.seeded(fault)
        return work()
    if fault.how == "lost":
        work()
    session.failed = session.in_transaction
    raise Failed("XX000", str(refusal(fault)))


def _struck(guard: Guard, operation: str) -> Fault | None:
    """The fault of the statement's own kind, or of statements of any."""
    found = [guard.faults.strike("redshift", name, uuid.uuid4().hex) for name in (operation, statements.ANY)]
    return next((fault for fault in found if fault is not None), None)
