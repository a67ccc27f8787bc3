"""Who writes to which table, and whether transactions can be told apart from some order of theirs.

One transaction writes to a table at a time, others wait. As in Redshift, two that read what the other one wrote fail
with 1023 at the second one.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from groundschool.engines.redshift.failure import Failed

SECONDS = 20  # a statement waits for another session's transaction


@dataclass(eq=False)
class Transaction:
    """What a transaction has read and written so far, by numbers of tables; `start` is its place among commits."""

    number: int
    backend: int
    start: int
    reads: set[int] = field(default_factory=set)
    writes: set[int] = field(default_factory=set)
    waits: int = 0


class Locks:
    """The transactions that run, and those that ended while one of these ran."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: list[Transaction] = []
        self._ended: list[tuple[int, Transaction]] = []
        self._clock = self._numbers = 0

    def forget(self) -> None:
        """Ends all: the database has another content."""
        with self._changed:
            self._running.clear()
            self._ended.clear()
            self._changed.notify_all()

    def begin(self, backend: int) -> Transaction:
        """A new transaction, which sees what is committed now."""
        with self._changed:
            self._numbers += 1
            made = Transaction(self._numbers, backend, self._clock)
            self._running.append(made)
            return made

    def read(self, own: Transaction, table: int) -> None:
        """Notes that the transaction reads a table."""
        own.reads.add(table)

    def write(self, own: Transaction, table: int, fresh: bool = False) -> None:
        """Waits until the table is the transaction's to write. With `fresh` it starts then. Raises Failed."""
        deadline = time.monotonic() + SECONDS
        with self._changed:
            while (holder := self._holder(own, table)) is not None:
                own.waits = table
                if self._in_circle(own, holder):
                    own.waits = 0
                    raise Failed("40P01", "deadlock detected")
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    own.waits = 0
                    raise Failed("55P03", f"The lab does not wait longer than {SECONDS} seconds for a table that "
                                 "another session's transaction has written to.")  # fmt: skip
            own.waits = 0
            if fresh and not own.reads and not own.writes:
                own.start = self._clock
            own.writes.add(table)

    def check(self, own: Transaction) -> None:
        """Raises Failed when no order of transactions gives what this one has seen."""
        with self._changed:
            for clock, other in self._ended:
                if clock > own.start and own.reads & other.writes and own.writes & other.reads:
                    table = min(own.reads & other.writes)
                    words = (
                        f"Serializable isolation violation on table - {table}, transactions forming the cycle are: "
                        f"{other.number}, {own.number} (pid:{own.backend})"
                    )
                    raise Failed("XX000", "1023", words)

    def end(self, own: Transaction, committed: bool) -> None:
        """The transaction is over."""
        with self._changed:
            if own in self._running:
                self._running.remove(own)
            if committed and (own.writes or own.reads):
                self._clock += 1
                self._ended.append((self._clock, own))
            oldest = min((each.start for each in self._running), default=self._clock)
            self._ended = [each for each in self._ended if each[0] > oldest]
            self._changed.notify_all()

    def _holder(self, own: Transaction, table: int) -> Transaction | None:
        return next((each for each in self._running if each is not own and table in each.writes), None)

    def _in_circle(self, own: Transaction, holder: Transaction) -> bool:
        seen: list[Transaction] = []
        while holder is not None and holder not in seen:
            if holder is own:
                return True
            seen.append(holder)
            found = self._holder(holder, holder.waits) if holder.waits else None
            if found is None:
                return False
            holder = found
        return False
