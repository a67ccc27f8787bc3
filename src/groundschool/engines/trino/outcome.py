"""What a statement gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from groundschool.engines.trino.types import Type


@dataclass(frozen=True)
class Outcome:
    """`kind` is DML, DDL or UTILITY; `columns` are names and types, `rows` Python values in their order; `header` tells
    whether results begin with the names; `scanned` are bytes; `written` addresses of files that were made."""

    kind: str
    columns: tuple[tuple[str, Type], ...] = ()
    rows: Sequence[tuple[Any, ...]] = field(default_factory=list)
    header: bool = True
    scanned: int = 0
    written: tuple[str, ...] = ()
    updated: int | None = None
