"""What a statement gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from groundschool.engines.redshift.types import Type


@dataclass(frozen=True)
class Outcome:
    """`tag` is the command with its count, as a client is told; `columns` is None for what returns no rows."""

    tag: str
    columns: tuple[tuple[str, Type], ...] | None = None
    rows: Sequence[tuple[Any, ...]] = ()
    count: int = -1
    notices: Sequence[str] = field(default_factory=tuple)
