"""Why a statement fails, with SQLSTATEs and in the words of Redshift, and what this engine does not do, in its own."""

from __future__ import annotations


class Failed(Exception):
    """The statement failed: SQLSTATE, such as "42P01", its message, and the lines under DETAIL.

    Not told to a person as it is: it becomes the error that a client of the session raises.
    """

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code, self.detail = code, detail


class NotDone(Failed):
    """The statement may be right, and this engine does not do it."""

    def __init__(self, what: str) -> None:
        super().__init__("0A000", f"The lab does not {what}.")


class Ended(Exception):
    """The session is over; nothing more of it is done. Not told to a person as it is."""


def syntax(near: str) -> Failed:
    """The parser's words for a text that is no statement."""
    return Failed("42601", f'syntax error at or near "{near}"' if near else "syntax error at end of input")
