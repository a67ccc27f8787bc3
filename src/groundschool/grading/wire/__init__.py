"""How the boxes of a submission talk: framed messages, and values as JSON and Arrow. Knows nothing of grading."""

from groundschool.grading.wire.budget import Malformed, TooLarge
from groundschool.grading.wire.message import Closed, pack, receive, receive_raw, send, send_raw, unpack
from groundschool.grading.wire.values import NotPlain, decode, encode

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
