"""What a check states about one comparison: which row is which, whether order counts, how near a float must be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Rules of a comparison; the defaults suit most questions.

    `key`: columns that name a row, so that a difference can be told cell by cell. `order_by`: "column" or "column
    desc", in order of weight; only then the order of rows counts, and ties are free. `accept_text`: columns that may
    also come as text of the same value ('101' for 101, '2024-01-03T09:00' for a timestamp). `exact_types`: the Arrow
    types must be equal, not only of one family. `absolute`, `relative`: a float passes within `absolute + relative *
    |expected|`.
    """

    key: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    accept_text: tuple[str, ...] = ()
    exact_types: bool = False
    absolute: float = 1e-9
    relative: float = 1e-6

    def ordering(self) -> tuple[tuple[str, bool], ...]:
        """Each column of `order_by` in lower case, with True where it descends."""
        parts = [term.lower().rsplit(" ", 1) for term in self.order_by]
        return tuple(
            (part[0].strip(), part[1:] == ["desc"]) if part[-1] in ("asc", "desc") else (" ".join(part), False)
            for part in parts
        )
