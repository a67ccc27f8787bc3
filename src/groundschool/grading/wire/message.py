"""Messages on a stream socket between two boxes: a JSON head and binary blobs behind it.

A message is its length (8 bytes), then its body: the head's length, the number of blobs, each blob's length, the head,
the blobs. Whoever relays a message takes the body as opaque bytes. What head and blobs mean is left to `protocol` and
`values`.

After any error the two sides no longer agree where a message starts: the socket is to be closed.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any, NoReturn

from groundschool.errors import GroundSchoolError
from groundschool.grading.wire.budget import MAX_BYTES, Malformed, TooLarge, more_pieces

LENGTH = struct.Struct(">Q")
COUNTS = struct.Struct(">II")
MAX_BLOBS = 10_000
MAX_PIECES = 6_000_000
MAX_HEAD = 32 << 20  # bytes; one character beyond Unicode's first plane makes text take four times as much
CHUNK = 1 << 20


class Closed(GroundSchoolError):
    """The other side closed the socket before the message was complete."""


def send(sock: socket.socket, head: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Sends one message. Raises Closed, or TimeoutError by the socket's own timeout."""
    send_raw(sock, pack(head, blobs))


def receive(sock: socket.socket, cap: int = MAX_BYTES) -> tuple[dict[str, Any], list[bytes]]:
    """The next message's head and blobs, of at most `cap` bytes together. Raises Closed, TooLarge, Malformed,
    TimeoutError.
    """
    return unpack(receive_raw(sock, cap))


def send_raw(sock: socket.socket, body: bytes) -> None:
    """Sends a body as `pack` or `receive_raw` gave it. Raises Closed or TimeoutError."""
    try:
        sock.sendall(LENGTH.pack(len(body)))
        sock.sendall(body)
    except (BrokenPipeError, ConnectionError):
        raise Closed("The other side ended while a message was sent to it.") from None


def receive_raw(sock: socket.socket, cap: int = MAX_BYTES, deadline: float | None = None) -> bytes:
    """The next message's body, undecoded. Raises Closed, TooLarge before reading the body, TimeoutError.

    `deadline` (of `time.monotonic`) or else the socket's own timeout holds for the whole message: a sender of one byte
    now and then gains no time.
    """
    timeout = sock.gettimeout()
    if deadline is None and timeout is not None:
        deadline = time.monotonic() + timeout
    try:
        (length,) = LENGTH.unpack(_read(sock, LENGTH.size, deadline))
        if length > cap:
            raise TooLarge(f"A message of {length:,} bytes arrived; at most {cap:,} were expected.")
        return _read(sock, length, deadline)
    finally:
        sock.settimeout(timeout)


def pack(head: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """A message's body. Raises TooLarge for more than 10,000 blobs, ValueError for a head that JSON cannot hold."""
    if len(blobs) > MAX_BLOBS:
        raise TooLarge(f"A message with {len(blobs):,} parts was to be sent; at most {MAX_BLOBS:,} were expected.")
    text = json.dumps(head, separators=(",", ":"), allow_nan=False).encode()
    if len(text) > MAX_HEAD:
        raise TooLarge(
            f"A message with {len(text):,} bytes of text was to be sent; at most {MAX_HEAD:,} were expected."
        )
    lengths = [LENGTH.pack(len(blob)) for blob in blobs]
    return b"".join([COUNTS.pack(len(text), len(blobs)), *lengths, text, *blobs])


def unpack(body: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The head and the blobs of a body from a hostile sender. Raises Malformed or TooLarge."""
    if len(body) < COUNTS.size:
        raise Malformed("A message without a beginning arrived.")
    head_size, count = COUNTS.unpack_from(body)
    start = COUNTS.size + count * LENGTH.size
    if count > MAX_BLOBS or start > len(body):
        raise Malformed(f"A message that announces {count:,} parts arrived; they are not in it.")
    sizes = [head_size, *(LENGTH.unpack_from(body, COUNTS.size + i * LENGTH.size)[0] for i in range(count))]
    if head_size > MAX_HEAD:
        raise TooLarge(f"A message with {head_size:,} bytes of text arrived; at most {MAX_HEAD:,} were expected.")
    if start + sum(sizes) != len(body):
        raise Malformed("A message whose parts do not add up to its length arrived.")
    parts = []
    for size in sizes:
        parts.append(body[start : start + size])
        start += size
    return _head(parts[0]), parts[1:]


def _read(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    # Grows as bytes arrive: a sender that announces much and sends little reserves nothing here.
    data = bytearray()
    while len(data) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("The other side did not complete its message in time.")
            sock.settimeout(left)
        try:
            chunk = sock.recv(min(CHUNK, size - len(data)))
        except ConnectionError:
            chunk = b""
        if not chunk:
            raise Closed("The other side ended before its message was complete.")
        data += chunk
    return bytes(data)


def _head(text: bytes) -> dict[str, Any]:
    if more_pieces(text, MAX_PIECES):
        raise TooLarge(f"A message of more than {MAX_PIECES:,} pieces arrived; a smaller one was expected.")
    try:
        head = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise TooLarge("A message nested too deep arrived; a flatter one was expected.") from None
    except ValueError:  # also UnicodeDecodeError and an integer of too many digits
        raise Malformed("A message that is not JSON arrived.") from None
    if not isinstance(head, dict):
        raise Malformed("A message whose head is not an object arrived.")
    return head


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
