"""How the boxes of a submission talk: framed messages, and values as JSON and Arrow. Knows nothing of grading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundschool.grading.wire.budget import Malformed, NotPlain, TooLarge
from groundschool.grading.wire.message import Closed, pack, receive, receive_raw, send, send_raw, unpack

if TYPE_CHECKING:
    from groundschool.grading.wire.values import decode, encode

__all__ = [
    "Closed",
    "Malformed",
    "NotPlain",
    "TooLarge",
    "decode",
    "encode",
    "pack",
    "receive",
    "receive_raw",
    "send",
    "send_raw",
    "unpack",
]


def __getattr__(name: str) -> Any:
    """What needs Arrow is imported when it is asked for: who only frames or counts messages has no use for it."""
    if name not in ("decode", "encode"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from groundschool.grading.wire import values

    return getattr(values, name)
