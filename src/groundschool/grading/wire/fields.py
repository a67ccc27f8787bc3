"""What a field of a received value must be: every field is written by hostile code until it was looked at.

Each function returns the field with its type, or raises Malformed. What the fields mean is left to the callers.
"""

from __future__ import annotations

from typing import Any

from groundschool.grading.wire.budget import Malformed

SHORT = 64


def text(field: object, most: int = SHORT) -> str:
    """A text of at most `most` characters."""
    if not isinstance(field, str) or len(field) > most:
        raise Malformed(f"A received value holds {_seen(field)}; a text of at most {most:,} characters was expected.")
    return field


def whole(field: object, low: int, high: int) -> int:
    """An integer from `low` to `high`; a bool is none."""
    if type(field) is not int or not low <= field <= high:
        raise Malformed(f"A received value holds {_seen(field)}; a whole number from {low} to {high} was expected.")
    return field


def items(field: object, count: int | None = None) -> list[Any]:
    """A list, of exactly `count` items where that is given."""
    if not isinstance(field, list) or (count is not None and len(field) != count):
        wanted = "a list" if count is None else f"a list of {count}"
        raise Malformed(f"A received value holds {_seen(field)}; {wanted} was expected.")
    return field


def record(field: object) -> dict[str, Any]:
    """An object with text keys, as JSON makes them."""
    if not isinstance(field, dict):
        raise Malformed(f"A received value holds {_seen(field)}; an object was expected.")
    return field


def _seen(field: object) -> str:
    size = f" of {len(field):,}" if isinstance(field, str | list | dict) else ""
    return f"a {type(field).__name__}{size}"
