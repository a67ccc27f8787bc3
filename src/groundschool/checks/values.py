"""Plain values: are two alike, and how is one told in a few words."""

from __future__ import annotations

import hashlib
import math
import re
from typing import Any

import numpy as np

LONGEST = 200

# Exceptions whose name may be told for a hidden input. Any other name, and a choice among many, could carry data.
KNOWN_ERRORS = frozenset(
    {
        "AttributeError",
        "IndexError",
        "KeyError",
        "NameError",
        "RecursionError",
        "TypeError",
        "ValueError",
        "ZeroDivisionError",
        "AnalysisException",
        "ParseException",
        "PythonException",
        "SparkRuntimeException",
        "NumberFormatException",
        "ArithmeticException",
        "DateTimeException",
        "Py4JJavaError",
        "PySparkTypeError",
        "PySparkValueError",
        "PySparkAttributeError",
        "ClientError",
        "ArrowInvalid",
        "OutOfBoundsDatetime",
    }
)


def alike(got: Any, want: Any) -> bool:
    """Equal plain values: containers item by item, floats within 1e-9 or a millionth, no bool for a number.

    A scalar of NumPy's counts as Python's. What cannot be compared is not alike.
    """
    try:
        return _alike(_plain(got), _plain(want))
    except (ArithmeticError, TypeError, ValueError, RecursionError):  # 10**400 and a float, a signalling NaN
        return False


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic | np.ndarray) and value.ndim == 0 else value


def _alike(got: Any, want: Any) -> bool:
    if isinstance(got, bool) or isinstance(want, bool):
        return got is want
    if isinstance(got, (int, float)) and isinstance(want, (int, float)):
        return (
            got == want
            or (isinstance(got, float) or isinstance(want, float))
            and math.isclose(got, want, rel_tol=1e-6, abs_tol=1e-9)
        )
    if isinstance(got, (list, tuple)) and isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(alike(a, b) for a, b in zip(got, want, strict=True))
    if isinstance(got, dict) and isinstance(want, dict):
        return got.keys() == want.keys() and all(alike(got[key], want[key]) for key in want)
    return type(got) is type(want) and bool(got == want)


def brief(value: Any) -> str:
    """A value in at most 200 characters."""
    try:
        text = repr(value)
    except (ValueError, OverflowError, RecursionError):  # an integer of thousands of digits, a time in the year 28884
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def digest(text: str) -> str:
    """Equal for texts that are equal but for white space and letter case."""
    return hashlib.sha256(" ".join(text.lower().split()).encode("utf-8", "replace")).hexdigest()[:16]


def shape(message: str) -> str:
    """An error message without what changes from run to run, to recognise the same error again."""
    return re.sub(r"\d+|#\w+|'[^']*'|\"[^\"]*\"", "*", message.splitlines()[0] if message else "")[:160]


def error_name(kind: str) -> str:
    """The name of an exception where it is a well-known one, else `another exception`."""
    return kind if kind in KNOWN_ERRORS else "another exception"
