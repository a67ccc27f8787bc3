"""The candidate's side of one submission: runs its cells, keeps what they showed, and passes calls on to the answers.

What ends a process costs its own question: the others go on where they were. What the cells say is passed on or shown,
never believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from groundschool.checks.answers import ENDED, Stopped
from groundschool.checks.verdict import Outcome
from groundschool.course import Cell, Notebook, Role
from groundschool.grading import wire
from groundschool.grading.session.budget import WALLS, Budget
from groundschool.grading.session.engine import Engine, candidate_part
from groundschool.grading.session.family import FORKS, Family
from groundschool.grading.session.outputs import MOST_SHOWN, Output, error_output, kept, size
from groundschool.grading.session.preparation import Opened, left_behind, prepared
from groundschool.grading.wire import protocol

MOST_ENDS = 2  # how often a question's own cells may end the process before the rest of them is left out
MOST_BOXES = 2  # how many new boxes a question may cost, one with another
CALLED = (protocol.Call, protocol.Tell, protocol.RunScript, protocol.AskAirflow)  # in a question's own process
ANSWERED = (Role.SOLUTION, Role.MANUAL)
OWN = (*ANSWERED, Role.EXTRA)


@dataclass(frozen=True)
class Ran:
    """What a candidate's cell showed, and how it ended (`reason` is empty when it ran to its end)."""

    outputs: tuple[Output, ...]
    reason: str = ""
    outcome: Outcome | None = None


class CandidateSide:
    """The candidate's processes. Each question has its own time, its own ends of processes, and one process for its
    calls.
    """

    def __init__(
        self,
        engine: Engine,
        notebook: Notebook,
        cells: Sequence[Cell],
        files: Path | None,
        opened: Mapping[str, Opened],
    ) -> None:
        self.engine, self.notebook, self.cells, self.files, self.opened = engine, notebook, cells, files, opened
        self.prepared = prepared(notebook, opened)
        self.ran: dict[int, Ran] = {}
        self.flags: list[str] = []
        self.most_boxes = 1 + MOST_BOXES * max(1, len(notebook.tests))
        self.lab = engine.lab(notebook.needs) if notebook.uses_lab else None
        self._tests = {test.id: test for test in notebook.tests}
        self._owners = _owners(cells)
        self._limit = candidate_part(notebook.needs).limits.wall_seconds
        self._budgets: dict[str, Budget] = {}
        self._plain = Budget(self._limit * WALLS, "The notebook's own cells")
        self._again = self._second_time()
        # The cells that are left out: they ended a process, or come after too many that did.
        self._culprits = set[int]()
        self._left_out = frozenset[int]()  # those before any hidden input was there: later ones may tell of it
        self._ends: dict[str, int] = {}  # of processes, by the question whose cells did it
        self._dead: dict[str, Stopped] = {}  # the questions that cannot be asked any more
        self._family: Family | None = None
        self._boxes = 0
        self._in_lab = set[str]()  # the questions whose state the lab keeps
        self._at = 0  # how many cells the main process has behind it
        self._spare_at = 0  # as many the process to go on with
        self._size = 0  # of outputs kept so far

    # -- the cells

    def run_all(self) -> None:
        """Runs every cell once, whatever becomes of some of them."""
        for place in range(len(self.cells)):
            if place in self._culprits:
                continue
            try:
                self._ready(place)
                self._run(place)
            except Stopped as stopped:
                self._blame(place, stopped)
        self._left_out = frozenset(self._culprits)

    def reason(self, test: str) -> Ran | None:
        """How the question's own cells ended, when one did not run to its end."""
        ran = (self.ran[place] for place in self._own(test) if place in self.ran)
        return next((each for each in ran if each.outcome), None)

    def source(self, test: str) -> str:
        """The code of the question's answer, as it was handed in."""
        return "\n".join(self.cells[place].source for place in self._own(test) if self.cells[place].role in ANSWERED)

    def _run(self, place: int) -> None:
        """Runs a cell for the first time. Raises Stopped when its process ended, or its question has no time left."""
        cell = self.cells[place]
        if cell.role == Role.TEST:
            self._keep(self._tests.get(cell.id, cell), Budget(self._limit, "Its test cell"))
            self._leave(cell, self._plain)
        else:
            self._spare(place)
            budget = self._budget(self._owners[place]) if cell.role in OWN else self._plain
            shown, error, dropped = self._cell(cell.source, budget)
            self.ran[place] = Ran(tuple(shown), error, "crashed" if error else None)
            if dropped and not self.flags:
                self.flags.append("The notebook printed more than 2 MB; the rest of its output was dropped.")
        self._at = place + 1

    def _cell(self, source: str, budget: Budget) -> tuple[list[Output], str, bool]:
        """Runs a cell. What it shows is kept up to a limit for the notebook, whatever its process says it shows."""
        with budget.step(self._limit) as seconds:
            said = self._opened().ask(protocol.RunCell(source), seconds)
        if not isinstance(said, protocol.CellRan):
            return [], "", False
        shown, dropped = kept(said.outputs, MOST_SHOWN - self._size)
        self._size += sum(map(size, shown))
        return shown, said.error[:300], dropped or said.dropped

    def _keep(self, test: Cell, budget: Budget) -> None:
        """Keeps the answers of a question as they are now; what can be called gets a process of its own, forked
        here.
        """
        family, names = self._opened(), self.prepared[test.id].answers if test.id in self.prepared else ()
        with budget.step(self._limit) as seconds:
            said = family.ask(protocol.Keep(test.id, names, self.notebook.files), seconds)
        if FORKS and isinstance(said, protocol.Kept) and said.live and not family.has(test.id):
            family.fork_for(test.id)
        if self.lab and test.id not in self._in_lab:
            self._in_lab.add(test.id)
            self.lab.keep(test.id)

    def _leave(self, cell: Cell, budget: Budget) -> None:
        """Gives later cells the names that a test cell's released text gives in a notebook."""
        test = self._tests.get(cell.id)
        for source in left_behind(self.notebook, test, cell.visible_and_hidden[0]) if test else ():
            self._cell(source, budget)

    # -- the answers

    def ask(self, request: protocol.Request, blobs: Sequence[bytes]) -> bytes:
        """Passes a request of the examiner's on. Raises Stopped, now and ever after, when the question's process dies
        of it.
        """
        test, message = request.test, protocol.pack(request, blobs)
        called = FORKS and isinstance(request, CALLED)
        try:
            if test in self._dead:
                raise self._dead[test]
            self._ready(len(self.cells))
            if called and not self._opened().has(test):
                raise Stopped("crashed", ENDED)
            try:
                return self._relayed(test, message, called)
            except Stopped:
                if called or not self._lost:
                    raise
                self._ready(len(self.cells))  # another question has cost this one the main process
                return self._relayed(test, message, called)
        except Stopped as stopped:
            self._dead[test] = stopped
            raise

    def _relayed(self, test: str, message: bytes, called: bool) -> bytes:
        with self._budget(test).step(self._limit) as seconds:
            return self._opened().relay(test if called else "", message, seconds)

    def try_cell(self, test: Cell, source: str) -> None:
        """Runs one more cell and keeps its answers as those of `test`. Raises Stopped when the process dies of it."""
        if self.lab and self._family:
            self._family.close()  # what one answer left in the lab must not help the next
        self._dead.pop(test.id, None)
        self._budgets.pop(test.id, None)  # a trusted answer has the time of a whole question
        self._again, self._boxes = self._second_time(), 0
        self._ready(len(self.cells))
        family, self._spare_at = self._opened(), len(self.cells)
        if family.keeps_spares:
            family.spare()
        if family.has(test.id):
            family.end(test.id)
        self._cell(source, self._budget(test.id))
        self._keep(test, Budget(self._limit, "Its test cell"))

    def again(self) -> CandidateSide:
        """Another side of the same notebook, in which nothing has run yet, without the cells that ended a process in
        `run_all`.
        """
        other = CandidateSide(self.engine, self.notebook, self.cells, self.files, self.opened)
        other._culprits = set(self._left_out)
        return other

    @property
    def alive(self) -> bool:
        """Whether a process of the candidate's may still run."""
        return self._family is not None and self._family.side.alive

    def close(self) -> None:
        """Ends every process."""
        if self._family:
            self._family.close()
        if self.lab:
            self.lab.close()

    # -- when a process ends

    def _blame(self, place: int, stopped: Stopped) -> None:
        """A cell ended its process, or has no time left: it is left out from now on, and its question may lose its
        others.
        """
        cell, owner = self.cells[place], self._owners[place]
        if self._lost and not self._recovered():
            stopped = self._end_of_box(stopped)
        self._culprits.add(place)
        if cell.role == Role.TEST:
            self._dead[cell.id] = stopped
            return
        self.ran[place] = Ran((error_output(stopped),), str(stopped), cast(Outcome, stopped.outcome))
        self._ends[owner] = self._ends.get(owner, 0) + 1
        if self._ends[owner] > MOST_ENDS:
            self._give_up(owner, stopped)

    def _give_up(self, owner: str, stopped: Stopped) -> None:
        for place in self._own(owner):
            if place not in self.ran:
                told = f"Not run: earlier cells of the question ended the process ({stopped})"
                self.ran[place] = Ran((), told, cast(Outcome, stopped.outcome))
                self._culprits.add(place)

    def _end_of_box(self, stopped: Stopped) -> Stopped:
        """What the box says of its end, where it ended as a whole."""
        if self._family is None or stopped.outcome != "crashed":
            return stopped
        self._family.close()
        return self._family.side.explained(wire.Closed(), self._limit)

    def _ready(self, upto: int) -> None:
        """Brings a process to where the cells before `upto` have run, but for the culprits. Raises Stopped when it
        can't be.
        """
        while True:
            if self._lost and not self._recovered() or not self._is_fit(upto):
                self._open()
            while self._at < upto and self._run_again(self._at):
                self._at += 1
            if self._at >= upto:
                return

    @property
    def _lost(self) -> bool:
        return self._family is None or self._family.lost

    def _recovered(self) -> bool:
        """Whether a process goes on before the first cell of the question whose cell ended the last one."""
        self._at = self._spare_at
        return self._family is not None and self._family.recover()

    def _is_fit(self, upto: int) -> bool:
        """Once all cells ran: whether what the questions share, a JVM, is still there."""
        return not (FORKS and self.notebook.uses_spark) or upto < len(self.cells) or self._opened().is_fit()

    def _run_again(self, place: int) -> bool:
        """Runs a cell a second time, which is charged to no question; whether its process survived it."""
        cell = self.cells[place]
        if place in self._culprits:
            return True
        try:
            if cell.role == Role.TEST:
                self._keep(self._tests.get(cell.id, cell), self._again)
                self._leave(cell, self._again)
            else:
                self._spare(place)
                self._cell(cell.source, self._again)
        except Stopped as stopped:
            self._culprits.add(place)
            if cell.role == Role.TEST:
                self._dead[cell.id] = stopped
            return not self._lost
        return True

    def _spare(self, place: int) -> None:
        """Forks a process to go on with before the first own cell of a question."""
        family = self._opened()
        is_first = not family.has_spare or self._owners[self._spare_at] != self._owners[place]
        if self.cells[place].role in OWN and family.keeps_spares and is_first:
            self._spare_at = place
            family.spare()

    def _open(self) -> None:
        """A new box. Raises Stopped when the notebook has used up its boxes or the time for second runs."""
        if self._family:
            self._family.close()
        if self._boxes >= self.most_boxes:
            raise Stopped("crashed", "Its processes ended too often.")
        with self._again.step(self._limit):
            self._boxes, self._at = self._boxes + 1, 0
            self._in_lab.clear()
            if self.lab:
                self.lab.renew()  # its state is what the cells make of it, which run again
            # As nbgrader does, what candidates were given stands in the place of what they made of it.
            folders = [folder for folder in (self.notebook.beside, self.files) if folder]
            side = self.engine.candidate(self.notebook.needs, folders, self.lab)
            self._family = Family(side)

    def _opened(self) -> Family:
        if self._family is None or self._family.lost:
            raise Stopped("crashed", ENDED)
        return self._family

    # -- whose a cell is

    def _own(self, test: str) -> list[int]:
        """The candidate's cells since the test cell before this one: where a question's own code stands."""
        return [place for place, owner in enumerate(self._owners) if owner == test and self.cells[place].role in OWN]

    def _budget(self, owner: str) -> Budget:
        if owner not in self._budgets:
            self._budgets[owner] = Budget(self._limit * WALLS, "The question's cells and calls")
        return self._budgets[owner]

    def _second_time(self) -> Budget:
        """What cells may take that run again, since a box was lost: as much as all questions together."""
        return Budget(self._limit * WALLS * (1 + len(self.notebook.tests)), "Running the cells again")


def _owners(cells: Sequence[Cell]) -> list[str]:
    """For every cell the next test cell, whose question it belongs to; no question for those after the last one."""
    owners, owner = list[str](), ""
    for cell in reversed(cells):
        owner = cell.id if cell.role == Role.TEST else owner
        owners.append(owner)
    return owners[::-1]
