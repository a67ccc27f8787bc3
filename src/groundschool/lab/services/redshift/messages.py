"""PostgreSQL's messages, version 3: written, and read without trust in their sender."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from groundschool.engines.redshift.failure import Failed
from groundschool.lab.services.redshift import encoding

Columns = Sequence[tuple[str, Any]]


def message(kind: bytes, body: bytes = b"") -> bytes:
    """One message."""
    return kind + struct.pack("!i", len(body) + 4) + body


def text(value: str) -> bytes:
    """A text with its end."""
    return value.replace("\0", "").encode("utf-8", "replace") + b"\0"


def error(failed: Failed, severity: str = "ERROR") -> bytes:
    """An error with SQLSTATE, message and detail."""
    fields = b"S" + text(severity) + b"C" + text(failed.code) + b"M" + text(str(failed))
    return message(b"E", fields + (b"D" + text(failed.detail) if failed.detail else b"") + b"\0")


def notice(words: str) -> bytes:
    """What a client may show."""
    return message(b"N", b"S" + text("INFO") + b"C" + text("00000") + b"M" + text(words) + b"\0")


def columns(found: Columns, formats: Sequence[int] = ()) -> bytes:
    """The description of rows."""
    body = struct.pack("!h", len(found))
    for place, (name, kind) in enumerate(found):
        own = encoding.number(kind)
        form = form_of(formats, place)
        body += text(name) + struct.pack(
            "!ihihih", 0, 0, own, encoding.SIZES.get(own, -1), encoding.modifier(kind), form
        )
    return message(b"T", body)


def form_of(formats: Sequence[int], place: int) -> int:
    """The format of a column or parameter: one for all, or one each; 0 is text, 1 binary."""
    return formats[place] if len(formats) > place and len(formats) != 1 else formats[0] if len(formats) == 1 else 0


def row(values: Sequence[Any], found: Columns, formats: Sequence[int] = ()) -> bytes:
    """A row."""
    body = struct.pack("!h", len(values))
    for place, (value, (_, kind)) in enumerate(zip(values, found, strict=True)):
        field = encoding.encoded(value, kind, form_of(formats, place) == 1)
        body += struct.pack("!i", -1) if field is None else struct.pack("!i", len(field)) + field
    return message(b"D", body)


@dataclass
class Body:
    """The body of a message, read from its start. Every call raises Failed when there is less than asked for."""

    raw: bytes
    place: int = 0

    def text(self) -> str:
        """A text up to its end."""
        end = self.raw.find(b"\0", self.place)
        if end < 0:
            raise malformed()
        found, self.place = self.raw[self.place : end], end + 1
        try:
            return found.decode("utf-8")
        except UnicodeDecodeError:
            raise Failed("22021", "invalid byte sequence for encoding UTF8") from None

    def bytes(self, count: int) -> bytes:
        """So many bytes."""
        if count < 0 or self.place + count > len(self.raw):
            raise malformed()
        found, self.place = self.raw[self.place : self.place + count], self.place + count
        return found

    def short(self) -> int:
        """A number of 16 bits."""
        return int(struct.unpack("!h", self.bytes(2))[0])

    def long(self) -> int:
        """A number of 32 bits."""
        return int(struct.unpack("!i", self.bytes(4))[0])

    def several(self, read: Any) -> list[Any]:
        """A count, and as many of what `read` reads."""
        count = self.short() & 0xFFFF
        if count * 2 > len(self.raw):
            raise malformed()
        return [read() for _ in range(count)]


def malformed() -> Failed:
    """The error for a message that is none."""
    return Failed("08P01", "invalid message format")
