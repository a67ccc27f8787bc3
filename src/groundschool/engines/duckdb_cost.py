"""What a SELECT costs in DuckDB: the rows that each operator of its plan hands on, as DuckDB counts them while it runs.

The same on every machine, unlike time: a check can hold an answer to a number of rows. What runs is `duckdb_.py`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from groundschool.engines import duckdb_
from groundschool.engines.engine import Kind, QueryFailed, QueryRefused
from groundschool.fixtures.dataset import Dataset


class Session:
    """See `groundschool.engines.engine.Session`. A text returns its plan here: `operator` text, `rows` int64."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = tables

    def run(self, text: str, kind: Kind) -> pa.Table:
        if kind != "select":
            raise QueryRefused("Only a SELECT has a plan whose rows can be counted.")
        profile = json.loads(duckdb_.prepared().profile(text, self._tables))
        found = [
            (str(each["name"]), int(each["intermediate_rows"]))
            for top in profile.get("operator", ())
            for each in _nodes(top)
        ]
        return pa.table(
            {
                "operator": pa.array([name for name, _ in found], pa.string()),
                "rows": pa.array([rows for _, rows in found], pa.int64()),
            }
        )

    def table(self, name: str) -> pa.Table:
        raise QueryFailed(f"A SELECT leaves no table behind; `{name}` was expected.")

    def close(self) -> None:
        """There is nothing to forget."""


def open(dataset: Dataset) -> Session:
    """A session over the tables of the dataset. Raises GroundSchoolError for a part that is no table."""
    duckdb_.open(dataset)
    return Session(dataset)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("children", []):
        yield from _nodes(child)
