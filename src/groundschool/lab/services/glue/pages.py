"""Pages of a listing: a token says where the next one begins, and is refused when it is none of ours."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from groundschool.lab.service import Refused

Item = TypeVar("Item")


def page(items: Sequence[Item], parameters: Mapping[str, Any], most: int) -> tuple[list[Item], dict[str, str]]:
    """The page that `NextToken` and `MaxResults` ask for, of `most` items at most, and the token of the next one."""
    begin = _position(str(parameters.get("NextToken") or ""))
    end = begin + min(int(parameters.get("MaxResults") or most), most)
    token = base64.b64encode(f"lab:{end}".encode()).decode()
    return list(items[begin:end]), {"NextToken": token} if end < len(items) else {}


def _position(token: str) -> int:
    if not token:
        return 0
    try:
        known, _, number = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        known, number = "", ""
    if known != "lab" or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Refused(400, "InvalidInputException", "The pagination token is invalid.")
    return int(number)
