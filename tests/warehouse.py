"""Statements over a catalog and files that the test holds: what they give, as Python values, or why they fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundschool.engines.trino.failure import Failed
from groundschool.engines.trino.memory import Memory
from groundschool.engines.trino.outcome import Outcome
from groundschool.engines.trino.session import Request, run

LAKE = "s3://lake"


@dataclass
class Warehouse:
    """A database `db` and files below s3://lake/."""

    memory: Memory = field(default_factory=lambda: Memory(["default", "db"]))
    prepared: dict[str, str] = field(default_factory=dict)

    def put(self, **files: str | bytes) -> None:
        """Files by their names below the lake, with __ for a slash and _DOT_ for a dot."""
        self.lay({name.replace("__", "/").replace("_DOT_", "."): body for name, body in files.items()})

    def lay(self, files: Mapping[str, str | bytes]) -> None:
        """Files by their names below the lake."""
        for name, body in files.items():
            self.memory.objects[f"{LAKE}/{name}"] = body.encode() if isinstance(body, str) else body

    def run(self, text: str, parameters: Sequence[str] = ()) -> Outcome:
        """The outcome of a statement."""
        request = Request(
            text, "db", self.memory, self.memory, f"{LAKE}/out/", parameters=parameters, prepared=self.prepared
        )
        return run(request)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        return list(self.run(text).rows)

    def fails(self, text: str) -> str:
        """Why a statement fails."""
        try:
            found = self.run(text)
        except Failed as failed:
            return str(failed)
        raise AssertionError(f"{text} gave {list(found.rows)}")
