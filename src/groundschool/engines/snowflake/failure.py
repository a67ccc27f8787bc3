"""Why a statement fails: Snowflake's error number, SQL state and words; and what this engine does not do."""

from __future__ import annotations


class Failed(Exception):
    """The statement failed, with Snowflake's number (2003), state ("02000") and words.

    Not told to a person as it is: the connector raises it as its own ProgrammingError.
    """

    def __init__(self, number: int, state: str, words: str) -> None:
        super().__init__(words)
        self.number, self.state = number, state


class NotDone(Failed):
    """The statement may be right, and this engine does not do it."""

    def __init__(self, what: str) -> None:
        super().__init__(2, "0A000", f"The lab does not {what}.")


def wrong(number: int, state: str, words: str) -> Failed:
    """An error that Snowflake finds before it runs a statement."""
    return Failed(number, state, f"SQL compilation error:\n{words}")


def syntax(line: int, position: int, found: str) -> Failed:
    """A statement that cannot be read; `position` counts from 0."""
    what = f"unexpected '{found}'" if found else "unexpected '<EOF>'"
    return wrong(1003, "42000", f"syntax error line {line} at position {position} {what}.")


def missing(kind: str, name: str) -> Failed:
    """An object that is not there; `kind` such as "Stage", `name` in full."""
    state = "42S02" if kind in ("Object", "Table") else "02000"
    return wrong(2003, state, f"{kind} '{name}' does not exist or not authorized.")


def exists(name: str) -> Failed:
    """An object that is there already."""
    return wrong(2002, "42710", f"Object '{name}' already exists.")


def bad_value(name: str, value: str) -> Failed:
    """A value that an option does not take."""
    return wrong(1008, "22023", f"invalid value [{value}] for parameter '{name}'")


def bad_option(name: str, place: str) -> Failed:
    """An option that a statement does not have."""
    return wrong(1420, "22023", f"invalid property '{name}' for '{place}'")
