"""Messages arrive as they were sent, and a hostile sender gets an error, no memory and no time."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundschool.grading import wire
from groundschool.grading.wire import message
from groundschool.grading.wire.budget import Malformed, TooLarge

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def _body(head: bytes, *blobs: bytes, count: int | None = None) -> bytes:
    counts = struct.pack(">II", len(head), len(blobs) if count is None else count)
    return b"".join([counts, *(struct.pack(">Q", len(blob)) for blob in blobs), head, *blobs])


@given(
    st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.booleans())), st.lists(st.binary())
)
@settings(max_examples=50, deadline=None)
def test_a_message_arrives_as_it_was_sent(head: dict[str, Any], blobs: list[bytes]) -> None:
    one, other = socket.socketpair()
    with one, other:
        wire.send(one, head, blobs)
        assert wire.receive(other) == (head, blobs)


def test_messages_keep_their_order_and_their_borders(pair: Pair) -> None:
    one, other = pair
    wire.send(one, {"n": 1}, [b"a"])
    wire.send(one, {"n": 2})
    assert wire.receive(other) == ({"n": 1}, [b"a"])
    assert wire.receive(other) == ({"n": 2}, [])


def test_a_relay_passes_a_message_on_without_reading_it(pair: Pair) -> None:
    one, other = pair
    wire.send(one, {"kept": "as it is"}, [b"\0\1"])
    wire.send_raw(one, wire.receive_raw(other))
    wire.send_raw(one, b"not a message")
    assert wire.receive(other) == ({"kept": "as it is"}, [b"\0\1"])
    assert wire.receive_raw(other) == b"not a message"


def test_a_message_larger_than_the_socket_holds_arrives_whole(pair: Pair) -> None:
    one, other = pair
    blob = os.urandom(8 << 20)
    sender = threading.Thread(target=wire.send, args=(one, {}, [blob]))
    sender.start()
    assert wire.receive(other) == ({}, [blob])
    sender.join()


def test_a_message_over_the_cap_is_refused_before_it_is_read(pair: Pair) -> None:
    one, other = pair
    one.sendall(struct.pack(">Q", 1 << 60))
    with pytest.raises(TooLarge, match="1,152,921,504,606,846,976 bytes arrived"):
        wire.receive(other, 1000)


@pytest.mark.parametrize(
    "sent", [b"", b"\0\0\0", struct.pack(">Q", 100) + b"half"], ids=["nothing", "half a length", "half a body"]
)
def test_the_end_of_the_other_side_is_closed(pair: Pair, sent: bytes) -> None:
    one, other = pair
    one.sendall(sent)
    one.close()
    with pytest.raises(wire.Closed):
        wire.receive(other)


def test_sending_to_an_ended_side_is_closed(pair: Pair) -> None:
    one, other = pair
    other.close()
    with pytest.raises(wire.Closed):
        wire.send(one, {}, [b"x" * (1 << 20)])


def test_the_deadline_holds_for_the_whole_message(pair: Pair) -> None:
    one, other = pair
    one.sendall(struct.pack(">Q", 100) + b"a few bytes")
    with pytest.raises(TimeoutError):
        wire.receive_raw(other, 1000, time.monotonic())
    assert other.gettimeout() is None


def test_the_timeout_of_the_socket_holds_for_the_whole_message(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = pair
    other.settimeout(20)
    ticks = iter(range(0, 1000, 7))
    monkeypatch.setattr(message.time, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(message, "CHUNK", 1)
    one.sendall(struct.pack(">Q", 50) + b"x" * 50)
    with pytest.raises(TimeoutError, match="in time"):
        wire.receive_raw(other)
    assert other.gettimeout() == 20


HOSTILE = {
    "empty": b"",
    "short": b"\0\0",
    "not JSON": _body(b"{"),
    "not an object": _body(b"[1]"),
    "not text": _body(b"\xff\xfe"),
    "not a number": _body(b'{"a": NaN}'),
    "infinite": _body(b'{"a": -Infinity}'),
    "a number of a million digits": _body(b'{"a": ' + b"9" * 1_000_000 + b"}"),
    "more parts than bytes": _body(b"{}", count=9_000),
    "more parts than allowed": _body(b"{}", count=(1 << 32) - 1),
    "a part longer than the message": struct.pack(">IIQ", 2, 1, (1 << 64) - 1) + b"{}",
    "bytes left over": _body(b"{}") + b"x",
    "deep lists": _body(b'{"a":' + b"[" * 200_000),
    "deep objects": _body(b'{"a":' * 200_000),
    "ten million lists": _body(b'{"a":[' + b"[]," * 10_000_000 + b"1]}"),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_no_sender_writes_is_refused(body: bytes) -> None:
    with pytest.raises((Malformed, TooLarge)):
        wire.unpack(body)


def test_commas_inside_text_are_no_structure() -> None:
    text = ',{["\\' * 2_000_000
    assert wire.unpack(wire.pack({"text": text})) == ({"text": text}, [])


def test_a_head_that_json_lacks_is_not_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        wire.pack({"a": float("nan")})


def test_a_head_is_ordinary_json() -> None:
    assert json.loads(wire.pack({"a": "é"})[8:]) == {"a": "é"}
