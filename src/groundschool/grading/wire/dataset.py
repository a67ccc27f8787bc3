"""A part of a dataset as a plain value, which `values` encodes, and back."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from groundschool.fixtures.dataset import Objects, Part, Text
from groundschool.grading.wire.budget import Malformed


def plain(part: Part) -> Any:
    """A table as it is; a text file or objects as a dict."""
    if isinstance(part, Text):
        return {"file": part.name, "lines": list(part.lines)}
    return {"bucket": part.bucket, "content": dict(part.content)} if isinstance(part, Objects) else part


def part_of(value: Any) -> Part:
    """The inverse of `plain`. Raises Malformed."""
    match value:
        case pa.Table():
            return value
        case {"file": str(name), "lines": list(lines)}:
            return Text(name, tuple(map(str, lines)))
        case {"bucket": str(bucket), "content": dict(content)}:
            return Objects(bucket, content)
    raise Malformed(f"{type(value).__name__} arrived; a table, a text file or objects were expected.")
