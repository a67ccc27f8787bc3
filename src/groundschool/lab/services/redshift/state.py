"""The warehouse of a lab: its one database, as a store whose content the lab takes and puts back."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

from groundschool.engines.redshift.database import Database, Kept

DATABASE = Database()
NAME = "dev"
CONTENT = "content"


class Content(MutableMapping[str, Any]):
    """One value under one key: all that is committed."""

    def __getitem__(self, key: str) -> Kept:
        if key != CONTENT:
            raise KeyError(key)
        return DATABASE.taken()

    def __setitem__(self, key: str, value: Kept) -> None:
        DATABASE.put(value)

    def __delitem__(self, key: str) -> None:
        """Nothing goes until other content comes: the database is never without."""

    def __iter__(self) -> Iterator[str]:
        return iter((CONTENT,))

    def __len__(self) -> int:
        return 1

    def clear(self) -> None:
        """As `del`."""
