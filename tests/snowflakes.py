"""One connection of Snowflake's own connector for all tests of a module; every test has a schema of its own."""

from __future__ import annotations

import itertools
import json
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import DatabaseError

from groundschool import lab

NUMBERS = itertools.count()
logging.getLogger("snowflake").setLevel(logging.CRITICAL)


@pytest.fixture(scope="module")
def connection(running: tuple[lab.Services, dict[str, str]]) -> Iterator[Any]:
    """A session of the candidate's. The lab is emptied once."""
    before = dict(os.environ)
    os.environ.update(running[1])
    lab.reset()
    made = snowflake.connector.connect(**running[0].snowflake)
    yield made
    made.close()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def cursor(connection: Any) -> Any:
    """A cursor in an empty schema."""
    made = connection.cursor()
    made.execute(f"create schema lab.s{next(NUMBERS)}")
    return made


@pytest.fixture
def bucket(connection: Any) -> Any:
    """An empty bucket: `bucket(key, text)` puts an object."""
    client, name = lab.client("s3"), f"bucket-{next(NUMBERS)}"
    client.create_bucket(Bucket=name)

    def put(key: str, body: str | bytes) -> None:
        client.put_object(Bucket=name, Key=key, Body=body)

    put.name, put.client = name, client  # type: ignore[attr-defined]
    return put


def rows(cursor: Any, *statements: str) -> list[tuple[Any, ...]]:
    """What the last of some statements gives."""
    for statement in statements:
        cursor.execute(statement)
    return list(cursor.fetchall())


def number(cursor: Any, statement: str) -> int:
    """The number of the error that a statement fails with."""
    with pytest.raises(DatabaseError) as failed:
        cursor.execute(statement)
    return int(failed.value.errno)


def refused(cursor: Any, statement: str) -> bool:
    """Whether the lab says that it does not do a statement."""
    with pytest.raises(DatabaseError) as failed:
        cursor.execute(statement)
    return (failed.value.errno, str(failed.value.msg).partition(": ")[2][:17]) == (2, "The lab does not ")


def same(found: Sequence[Sequence[Any]], wanted: Sequence[Sequence[Any]]) -> bool:
    """Whether rows are equal: numbers within 1e-9, JSON as values where something else than text was wanted."""
    return len(found) == len(wanted) and all(
        len(one) == len(other) and all(_equal(a, b) for a, b in zip(one, other, strict=True))
        for one, other in zip(found, wanted, strict=True)
    )


def _equal(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, (list, dict)):
        return bool(json.loads(found) == wanted)
    if isinstance(wanted, float):
        return found is not None and abs(float(found) - wanted) < 1e-9
    return bool(found == wanted and (found is None) == (wanted is None))
