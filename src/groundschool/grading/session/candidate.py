"""The candidate's side of one submission: its process, and what its cells showed.

A process that dies or is stopped is made anew without the cells that killed it. What it says is passed on or shown, never
believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from groundschool.checks.answers import Stopped
from groundschool.checks.verdict import Outcome
from groundschool.course import Cell, Notebook, Role
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.outputs import MOST_SHOWN, Output, error_output, kept, size
from groundschool.grading.session.process import Side
from groundschool.grading.wire import protocol

MOST_RESTARTS = 2  # of cells that end the process; each question may end it twice besides
WALLS = 5  # a notebook may take this many times what one cell or call may
ANSWERED = (Role.SOLUTION, Role.MANUAL)
Reply = TypeVar("Reply")


@dataclass(frozen=True)
class Ran:
    """What a candidate's cell showed, and how it ended (`reason` is empty when it ran to its end)."""

    outputs: tuple[Output, ...]
    reason: str = ""
    outcome: Outcome | None = None


class CandidateSide:
    """The candidate's process with its cells run; made anew, without the cells that killed it, at most twice."""

    def __init__(self, engine: Engine, notebook: Notebook, cells: Sequence[Cell], files: Path | None) -> None:
        self.engine, self.notebook, self.cells, self.files = engine, notebook, cells, files
        self.ran: dict[int, Ran] = {}
        self.flags: list[str] = []
        self.most_restarts = MOST_RESTARTS
        self._culprits: set[int] = set()
        self._restarts = 0
        self._side: Side | None = None
        self._tests = {test.id: test for test in notebook.tests}
        self.lab = engine.lab() if notebook.uses_lab else None
        self._spent = 0.0  # seconds, of all its processes
        self._size = 0  # of outputs kept so far

    def run_all(self) -> None:
        """Runs every cell, in as many processes as it takes."""
        place = 0
        while place < len(self.cells):
            try:
                self._start(upto=place)
                while place < len(self.cells):
                    self._run(place, record=True)
                    place += 1
            except Stopped as stopped:
                if not self._blame(place, stopped):
                    self._give_up(place, stopped)
                    return
                place += 1

    def ask(self, request: protocol.Request, blobs: Sequence[bytes]) -> bytes:
        """Passes a request of the examiner's on. Raises Stopped when the process dies of it."""
        if self._side is None or not self._side.alive:
            if self._restarts > self.most_restarts + 2 * len(self._tests):
                raise Stopped("crashed", "Its process ended too often.")
            self._start(upto=len(self.cells))
        assert self._side is not None
        try:
            return self._timed(lambda side, seconds: side.relay(protocol.pack(request, blobs), seconds))
        except Stopped:
            self._restarts += 1
            self._culprits |= self._suspects(request.test)
            raise

    def close(self) -> None:
        """Ends the process."""
        if self._side:
            self._side.close()
        if self.lab:
            self.lab.close()

    def _start(self, upto: int) -> None:
        if self._side and self._side.alive:
            return
        if self.lab:
            self.lab.renew()  # its state is what the cells make of it, which run again
        self._side = self.engine.candidate(jvm=self.notebook.uses_spark, files=self.files, lab=self.lab)
        for place in range(upto):
            if place not in self._culprits:
                self._run(place, record=False)

    def _run(self, place: int, record: bool) -> None:
        cell = self.cells[place]
        assert self._side is not None
        if cell.role == Role.TEST:
            test = self._tests.get(cell.id, cell)
            self._keep(test)
            return
        shown, error, dropped = self._cell(cell.source)
        if record:
            self.ran[place] = Ran(tuple(shown), error, "crashed" if error else None)
            if dropped and not self.flags:
                self.flags.append("The notebook printed more than 2 MB; the rest of its output was dropped.")

    def _cell(self, source: str) -> tuple[list[Output], str, bool]:
        """Runs a cell. What it shows is kept up to a limit for the notebook, whatever its process says it shows."""
        said = self._timed(lambda side, seconds: side.ask(protocol.RunCell(source), seconds))
        if not isinstance(said, protocol.CellRan):
            return [], "", False
        shown, dropped = kept(said.outputs, MOST_SHOWN - self._size)
        self._size += sum(map(size, shown))
        return shown, said.error[:300], dropped or said.dropped

    def _keep(self, test: Cell) -> None:
        keep = protocol.Keep(test.id, self.notebook.answers_of(test), self.notebook.files)
        self._timed(lambda side, seconds: side.ask(keep, seconds))
        if self.lab:
            self.lab.keep(test.id)

    def again(self) -> CandidateSide:
        """Another side of the same notebook, in which nothing has run yet, without the cells that ended a process here."""
        other = CandidateSide(self.engine, self.notebook, self.cells, self.files)
        other._culprits = set(self._culprits)
        return other

    def _timed(self, work: Callable[[Side, float], Reply]) -> Reply:
        """Work of the candidate's process, in what is left of the notebook's time: many slow steps are one slow notebook."""
        assert self._side is not None
        limit = self._side.limits.wall_seconds
        left = limit * WALLS - self._spent
        if left <= 0:
            self._side.close()
            raise Stopped(
                "timed_out", f"The notebook ran longer than {limit * WALLS:g} seconds altogether and was stopped."
            )
        start = time.monotonic()
        try:
            return work(self._side, min(limit, left))
        finally:
            self._spent += time.monotonic() - start

    def _blame(self, place: int, stopped: Stopped) -> bool:
        self.ran[place] = Ran((error_output(stopped),), str(stopped), cast(Outcome, stopped.outcome))
        self._culprits.add(place)
        self._restarts += 1
        return self._restarts <= self.most_restarts

    def _give_up(self, place: int, stopped: Stopped) -> None:
        for later in range(place + 1, len(self.cells)):
            self.ran[later] = Ran(
                (), f"Not run: an earlier cell ended the process ({stopped})", cast(Outcome, stopped.outcome)
            )

    def _suspects(self, test: str) -> set[int]:
        """What is left out from now on: the question's answer, and its own cells too when the answer alone was not it.

        Another question may use what they define.
        """
        cells = self._cells_of(test)
        solutions = {place for place in cells if self.cells[place].role in ANSWERED}
        return cells if solutions <= self._culprits else solutions

    def _cells_of(self, test: str) -> set[int]:
        """The cells since the test cell before this one: where a question's own code stands."""
        ends = [place for place, cell in enumerate(self.cells) if cell.role == Role.TEST]
        end = next((place for place in ends if self.cells[place].id == test), len(self.cells))
        start = max((place for place in ends if place < end), default=-1)
        return {place for place in range(start + 1, end) if self.cells[place].role in (*ANSWERED, Role.EXTRA)}

    def try_cell(self, test: Cell, source: str) -> None:
        """Runs one more cell and keeps its answers as those of `test`. Raises Stopped when the process dies of it."""
        if self.lab and self._side:
            self._side.close()  # what one answer left in the lab must not help the next
        self._start(upto=len(self.cells))
        assert self._side is not None
        self._cell(source)
        self._keep(test)
        self._spent = 0.0  # a trusted answer has the time of a whole notebook

    def reason(self, test: str) -> Ran | None:
        """How the question's own cells ended, when one did not run to its end."""
        return next(
            (
                self.ran[place]
                for place in sorted(self._cells_of(test))
                if place in self.ran and self.ran[place].outcome
            ),
            None,
        )
