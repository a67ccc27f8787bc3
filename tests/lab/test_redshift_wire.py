"""Redshift's wire under messages that no client sends: random, cut, mutated, too long; every one is answered, or ends
its own connection and no other's."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import redshift_connector

from groundschool import checks, lab
from groundschool.checks import Client
from groundschool.engines.redshift.answering import Buckets
from groundschool.engines.redshift.database import Database
from groundschool.engines.redshift.failure import Ended
from groundschool.engines.redshift.session import Session
from groundschool.lab.services.redshift.conversation import Conversation

TEXTS = [
    b"SELECT 1", b"SELECT k, v FROM t WHERE k = $1", b"INSERT INTO t VALUES ($1, $2)", b"BEGIN", b"ROLLBACK", b"COMMIT", b"", b";;",
    b"SELECT $1::int + $9", b"SELECT '", b"/*", b"SELECT \xff", b"CREATE TEMP TABLE x (a int)", b"SET search_path TO public", b"SHOW timezone",
    b"DELETE FROM t WHERE k = 99", b"COPY t FROM 's3://x/y'", b"SHOW", b"SET", b"((((((((((", b"WITH a AS (SELECT 1) SELECT * FROM a, a", b"SELECT 1; SELECT 2",
    b"MERGE INTO t USING t", b"ALTER TABLE t", b"DROP TABLE IF EXISTS x", b"LOCK", b"VACUUM", b"UNLOAD", b"INSERT INTO TABLE VALUES ($1)", b"SELECT \x01", b'SELECT "\x011"', b"COMMENT",
]  # fmt: skip
NAMES = [b"", b"a", b"b", b"\xc3\xa9", b"x" * 100]


def bound(rng: random.Random) -> bytes:
    count = rng.randrange(3)
    fields = b"".join(
        struct.pack("!i", len(raw)) + raw for raw in (rng.randbytes(rng.choice([0, 1, 2, 4, 8])) for _ in range(count))
    )
    formats = struct.pack(f"!h{count}h", count, *(rng.randrange(2) for _ in range(count)))
    return (
        rng.choice(NAMES)
        + b"\0"
        + rng.choice(NAMES)
        + b"\0"
        + formats
        + struct.pack("!h", count)
        + fields
        + struct.pack("!hh", 1, rng.randrange(2))
    )


def message(rng: random.Random) -> tuple[bytes, bytes]:
    """The type and the body of a message that is nearly right, or is not at all."""
    kind = rng.choice([b"Q", b"P", b"B", b"D", b"E", b"S", b"C", b"H", b"F", b"d", bytes([rng.randrange(256)])])
    name, text = rng.choice(NAMES), rng.choice(TEXTS)
    body = {
        b"Q": text + b"\0",
        b"P": name
        + b"\0"
        + text
        + b"\0"
        + struct.pack("!hi", 1, rng.choice([0, 16, 20, 21, 23, 25, 701, 1114, 1700, -1])),
        b"B": bound(rng) if kind == b"B" else b"",
        b"D": rng.choice([b"S", b"P", b"?"]) + name + b"\0",
        b"E": name + b"\0" + struct.pack("!i", rng.choice([0, 1, -1, 1 << 30])),
        b"C": rng.choice([b"S", b"P"]) + name + b"\0",
    }.get(kind, rng.randbytes(rng.randrange(20)))
    if rng.random() < 0.3 and body:
        place = rng.randrange(len(body))
        body = rng.choice([body[:place], body[:place] + rng.randbytes(2) + body[place + 1 :], body + rng.randbytes(5)])
    return kind, body


def whole(raw: bytes) -> bool:
    """Whether bytes are whole messages one after another."""
    while raw:
        if len(raw) < 5:
            return False
        (size,) = struct.unpack("!i", raw[1:5])
        if size < 4 or len(raw) < size + 1:
            return False
        raw = raw[size + 1 :]
    return True


def fuzzed(seed: int, count: int) -> None:
    rng, database = random.Random(seed), Database()
    calm = Session(database, Buckets())
    calm.run("CREATE TABLE t (k int, v varchar(8))")
    calm.run("INSERT INTO t VALUES (1, 'kept')")
    session = Session(database, Buckets(), backend=2)
    conversation = Conversation(session, lambda text, work: work())
    for _ in range(count):
        kind, body = message(rng)
        try:
            assert whole(conversation.answer(kind, body)), (kind, body)
        except Ended:
            assert kind == b"X"
    conversation.answer(b"S", b"")
    conversation.answer(b"Q", b"ROLLBACK\0")
    assert conversation.answer(b"Q", b"SELECT 7\0").endswith(b"Z\0\0\0\x05I")
    session.close()
    assert list(calm.run("SELECT v FROM t WHERE k = 1 AND v = 'kept'").rows) == [("kept",)]
    calm.close()


def test_three_hundred_messages_are_answered() -> None:
    fuzzed(1, 300)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 22))
def test_ten_thousand_messages_are_answered(seed: int) -> None:
    fuzzed(seed, 500)


@pytest.fixture
def place(services: lab.Services) -> tuple[str, int]:
    found = urlsplit(services.endpoint)
    return str(found.hostname), int(found.port or 0)


@pytest.fixture
def other(services: lab.Services) -> Iterator[Any]:
    """A session that nothing of the others touches."""
    connection = services.client("redshift")
    yield connection
    with connection.cursor() as cursor:
        assert [list(row) for row in cursor.execute("SELECT 1").fetchall()] == [[1]]
    connection.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0\0\x04", b"\0\0\0\x08\xff\xff\xff\xff", b"\0\xff\xff\xff", struct.pack("!ii", 8, 196609), struct.pack("!ii", 9, 196608) + b"\0",
        struct.pack("!ii", 8, 80877103) + b"\x16\x03\x01", struct.pack("!iiii", 16, 80877102, 1, 1), struct.pack("!ii", 14, 196608) + b"user\0x",
        struct.pack("!ii", 9, 196608) + b"\0p\0\0\0\x04", b"\0" * 64,
    ],
)  # fmt: skip
def test_a_start_that_is_none_ends_its_own_connection(place: tuple[str, int], other: Any, sent: bytes) -> None:
    with socket.create_connection(place, timeout=20) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 12):
            pass


def test_a_message_that_claims_gigabytes_ends_its_own_connection(services: lab.Services, other: Any) -> None:
    connection = redshift_connector.connect(**services.redshift)
    connection._usock.sendall(b"Q" + struct.pack("!i", 0x7FFFFFFF))
    assert connection._usock.recv(1 << 12).startswith(b"E")
    assert connection._usock.recv(1 << 12) == b""


@pytest.mark.parametrize(
    "text", ["INSERT INTO TABLE VALUES (1)", "INSERT INTO select VALUES (1)", "DELETE FROM (SELECT 1)"]
)
def test_a_statement_that_is_taken_for_another_one_is_refused(services: lab.Services, text: str) -> None:
    with redshift_connector.connect(**services.redshift) as connection, connection.cursor() as cursor:
        with pytest.raises(redshift_connector.Error) as refused:
            cursor.execute(text)
        assert refused.value.args[0]["C"] in ("0A000", "42601")
        connection.rollback()
        assert [list(row) for row in cursor.execute("SELECT 1").fetchall()] == [[1]]


def test_so_many_connections_are_taken_and_no_more(services: lab.Services) -> None:
    taken: list[Any] = []
    with pytest.raises(redshift_connector.Error, match="more than 50 connections"):
        taken.extend(services.client("redshift") for _ in range(60))
    for connection in taken:
        connection.close()


def test_a_connection_that_a_call_was_given_is_closed_when_it_ends(services: lab.Services) -> None:
    given: list[Any] = []

    def answer(connection: Any) -> None:
        given.append(connection)
        connection.cursor().execute("CREATE TABLE never_committed (a int)")

    question = checks.question("given", answer, points=1)
    question.call(Client("redshift"))
    with pytest.raises(Exception, match="closed"):
        given[0].cursor().execute("SELECT 1")
