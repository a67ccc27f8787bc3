"""The time that one question may take altogether: many slow steps are one slow question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from groundschool.checks.answers import Stopped

WALLS = 5  # a question may take this many times what one cell, call or query may


class Budget:
    """`whole` seconds, spent step by step. `what` names them in the message of whoever has spent them."""

    def __init__(self, whole: float, what: str) -> None:
        self.whole, self.what = whole, what
        self._spent = 0.0

    @contextmanager
    def step(self, most: float) -> Iterator[float]:
        """The seconds that a step may take: `most`, or what is left. Raises Stopped when nothing is."""
        left = self.whole - self._spent
        if left <= 0:
            raise Stopped("timed_out", f"{self.what} took longer than {self.whole:g} seconds altogether.")
        start = time.monotonic()
        try:
            yield min(most, left)
        finally:
            self._spent += time.monotonic() - start
