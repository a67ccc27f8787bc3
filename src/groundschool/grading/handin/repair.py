"""Rebuilds a submitted notebook around the released one: the candidate's answers and own cells, everything else as
released.

A cell is matched by its grade id first; where that was lost, by its cell id, its text, the answer it gives, its place.
Cells stay in the candidate's order. Running anything, and what counts as attempted, is left to others.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from groundschool.course import TESTS, Marking, raw_marking
from groundschool.course.code import answers_in, is_blank, is_same_code
from groundschool.grading.handin.flags import Flags, shown
from groundschool.grading.handin.notebook import GivenCell

MARKS = ("grade", "solution", "locked", "points", "task")


@dataclass(frozen=True)
class Slot:
    """A cell of the released notebook, which a submitted cell may fill."""

    cell: Any

    @cached_property
    def marking(self) -> Marking:
        """Its nbgrader metadata."""
        return Marking.of(self.cell)

    @property
    def grade_id(self) -> str:
        """Its grade id, "" for a plain cell."""
        return self.marking.grade_id

    @property
    def is_open(self) -> bool:
        """Whether the candidate's text counts."""
        return self.marking.is_open

    @property
    def is_answer(self) -> bool:
        """Whether the candidate answers here."""
        return self.marking.is_answer

    @property
    def name(self) -> str:
        """How a person is told of it."""
        return shown(self.grade_id) if self.grade_id else f"that begins {shown(self.cell.source[:40])}"

    @cached_property
    def answers(self) -> frozenset[str]:
        """The names its starter assigns."""
        return answers_in(self.cell.source) if self.cell.cell_type == "code" else frozenset()


def rebuild(cells: Sequence[GivenCell], released: NotebookNode) -> tuple[NotebookNode, tuple[str, ...]]:
    """The notebook to grade, and a sentence for each repair. Takes any cells; `released` is trusted and not changed."""
    flags = Flags()
    match = Match(cells, [Slot(cell) for cell in released.cells], flags)
    match.all()
    placed = _placed(match, flags)
    _answers_before_tests(placed, flags)
    notebook = copy.deepcopy(released)
    notebook.cells = _numbered(placed)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook, flags.told()


class Match:
    """Which submitted cell fills which slot: `cell_of` maps a slot's place to a cell's place."""

    def __init__(self, cells: Sequence[GivenCell], slots: Sequence[Slot], flags: Flags) -> None:
        self.cells, self.slots, self.flags = cells, slots, flags
        self.cell_of: dict[int, int] = {}
        self.dropped: set[int] = set()
        self.known = {slot.grade_id: place for place, slot in enumerate(slots) if slot.grade_id}

    def all(self) -> None:
        """Matches by one sign after the other, the surest first."""
        for slot, place in ((self.slots[place], place) for place in self.known.values()):
            self._by_grade_id(place, slot)
        self._by("its cell id", lambda slot, cell: bool(cell.id) and cell.id == slot.cell.get("id"))
        self._by(
            "its text", lambda slot, cell: bool(cell.source.strip()) and cell.source.strip() == slot.cell.source.strip()
        )
        self._by("the answer it gives", _gives_answer)
        self._by_place()

    @property
    def free(self) -> list[int]:
        """The places of submitted cells that fill no slot yet and carry no grade id of the release."""
        used = {*self.cell_of.values(), *self.dropped}
        return [place for place, cell in enumerate(self.cells) if place not in used and cell.grade_id not in self.known]

    def _by_grade_id(self, place: int, slot: Slot) -> None:
        found = [at for at, cell in enumerate(self.cells) if cell.grade_id == slot.grade_id]
        if not found:
            return
        answered = [at for at in found if slot.is_answer and not _is_starter(self.cells[at].source, slot)]
        self.cell_of[place] = (answered or found)[0]
        # A copy of a locked cell, or of the starter, carries nothing of the candidate's; run again it would undo an
        # answer.
        self.dropped |= {at for at in found if at not in answered and at != self.cell_of[place]}
        if len(found) > 1:
            self.flags.add(f"The cell {slot.name} is there {len(found)} times; the first one with an answer was used.")

    def _by(self, sign: str, fits: Callable[[Slot, GivenCell], bool]) -> None:
        for place, slot in enumerate(self.slots):
            if place in self.cell_of:
                continue
            found = next((at for at in self.free if fits(slot, self.cells[at])), None)
            if found is not None:
                self._recognise(place, found, sign)

    def _by_place(self) -> None:
        """Fills the open code slots of a gap between two matched cells, when as many free code cells are in it."""
        for gap, low, high in self._gaps():
            slots = [place for place in gap if self.slots[place].is_open and self.slots[place].cell.cell_type == "code"]
            found = [at for at in self.free if low < at < high and self.cells[at].kind == "code"]
            if len(slots) == len(found):
                for place, at in zip(slots, found, strict=True):
                    self._recognise(place, at, "its place")

    def _gaps(self) -> list[tuple[list[int], int, int]]:
        gaps: list[tuple[list[int], int, int]] = []
        gap: list[int] = []
        low = -1
        for place in range(len(self.slots) + 1):
            if place < len(self.slots) and place not in self.cell_of:
                gap.append(place)
                continue
            high = self.cell_of.get(place, len(self.cells))
            if gap:
                gaps.append((gap, low, high))
            gap, low = [], high
        return gaps

    def _recognise(self, place: int, at: int, sign: str) -> None:
        self.cell_of[place] = at
        if self.slots[place].grade_id:
            self.flags.add(f"The cell {self.slots[place].name} had lost its marking; it was recognised by {sign}.")


@dataclass
class Placed:
    """A cell of the rebuilt notebook: `slot` is None for one of the candidate's own."""

    cell: Any
    slot: Slot | None

    @cached_property
    def answers(self) -> frozenset[str]:
        """The names it assigns."""
        return answers_in(self.cell.source) if self.cell.cell_type == "code" else frozenset()

    @property
    def is_unanswered(self) -> bool:
        """Whether it is a solution cell that holds the starter."""
        return self.slot is not None and self.slot.is_answer and _is_starter(self.cell.source, self.slot)


def _placed(match: Match, flags: Flags) -> list[Placed]:
    slot_of = {at: place for place, at in match.cell_of.items()}
    placed: list[Placed] = []
    for at, cell in enumerate(match.cells):
        if at in slot_of:
            slot = match.slots[slot_of[at]]
            placed.append(Placed(_filled(slot, cell, flags), slot))
        elif at not in match.dropped:
            if cell.grade_id and cell.grade_id not in match.known:
                flags.add(
                    f"A cell marked {shown(cell.grade_id)} is not in the released notebook; its marking was removed."
                )
            placed.append(Placed(_own(cell), None))
    _put_back(match, placed, flags)
    return placed


def _filled(slot: Slot, given: GivenCell, flags: Flags) -> Any:
    """The released cell, with the candidate's text where that counts."""
    cell = copy.deepcopy(slot.cell)
    if slot.is_open:
        # What an older release had here, and nobody touched, is no answer to this one.
        cell.source = slot.cell.source if slot.is_answer and given.is_untouched else given.source
    elif given.source.strip() != cell.source.strip() and not given.is_untouched:
        flags.add(f"The locked cell {slot.name} was changed; its released text was used.")
    if given.kind != cell.cell_type and slot.grade_id:
        flags.add(f"The cell {slot.name} was turned into {given.kind}; it was read as {cell.cell_type}.")
    if (
        given.grade_id
        and not given.is_untouched
        and any(given.marking.get(mark, False) != raw_marking(slot.cell).get(mark, False) for mark in MARKS)
    ):
        flags.add(f"The grading data of the cell {slot.name} was changed; the released one was used.")
    if set(given.tags) - set(slot.cell.metadata.get("tags", [])):
        flags.add("Tags were added to cells; they were removed.")
    return cell


def _own(given: GivenCell) -> Any:
    kind = "code" if given.kind == "code" else "markdown"  # a raw cell would be shown as it is
    cell = NotebookNode(cell_type=kind, metadata=NotebookNode(), source=given.source)
    if given.kind == "code":
        cell.update(outputs=[], execution_count=None)
    return cell


def _put_back(match: Match, placed: list[Placed], flags: Flags) -> None:
    """Inserts each missing cell behind the one it follows in the release."""
    own_texts = sum(item.slot is None and item.cell.cell_type == "markdown" for item in placed)
    missing_texts = sum(
        slot.cell.cell_type == "markdown" and not slot.grade_id and place not in match.cell_of
        for place, slot in enumerate(match.slots)
    )
    for place, slot in enumerate(match.slots):
        if place in match.cell_of:
            continue
        before = match.slots[place - 1] if place else None
        at = next((at + 1 for at, other in enumerate(placed) if other.slot is before and before), 0)
        placed.insert(at, Placed(copy.deepcopy(slot.cell), slot))
        if slot.grade_id or slot.answers:  # a cell that only shows something is no loss
            flags.add(f"The cell {slot.name} was missing; it was put back as released.")
        elif missing_texts > own_texts:  # else they stand there as another release had them
            flags.add("Text cells of the released notebook were missing; they were put back.")


def _answers_before_tests(placed: list[Placed], flags: Flags) -> None:
    """Sees to it that a test cell, where an answer is taken, stands behind the cell that gives it.

    The candidate's code is not moved, since it may need what stands before it; the test cell is.
    """
    for test in [item for item in placed if item.slot and item.slot.marking.is_test]:
        assert test.slot
        question = test.slot.grade_id.removesuffix(TESTS)
        own = [item for item in placed if item.slot and item.slot.is_answer and item.slot.grade_id == question]
        needed = [*own, *(extra for item in own if (extra := _given_elsewhere(item, placed, test, flags)))]
        last = max((_place(placed, item) for item in needed), default=-1)
        if last > _place(placed, test):
            placed.insert(last, placed.pop(_place(placed, test)))
            flags.add(f"The test cell {test.slot.name} stood before its answer; it was moved behind it.")


def _given_elsewhere(item: Placed, placed: list[Placed], test: Placed, flags: Flags) -> Placed | None:
    """The cell that gives the answer, when the one meant for it does not: one of the candidate's own, or another
    answer's.
    """
    if not item.slot or not item.slot.answers or (item.slot.answers <= item.answers and not item.is_unanswered):
        return None
    found = [other for other in placed if _may_answer(other, item) and item.slot.answers <= other.answers]
    if not found:
        return None
    earlier = [other for other in found if _place(placed, other) < _place(placed, test)]
    chosen = (earlier or found)[-1]
    where = f"the cell {chosen.slot.name}" if chosen.slot and chosen.slot.grade_id else "an added cell"
    flags.add(f"The answer of {item.slot.name} is in {where}; it was taken from there.")
    if item.is_unanswered:
        # The starter assigns the answer's name too: run behind the other cell it would undo the answer.
        item.cell.source = ""
    return chosen


def _may_answer(other: Placed, item: Placed) -> bool:
    """Whether a cell may hold another's answer: one in which candidates write, that is not as released."""
    if other is item:
        return False
    if other.slot is None:
        return True
    # Where the release assigns the same name in both cells, the other cell holds its own answer.
    assert item.slot
    own = bool(other.slot.answers & item.slot.answers)
    return other.slot.is_open and not own and not _is_starter(other.cell.source, other.slot)


def _place(placed: list[Placed], item: Placed) -> int:
    return next(at for at, other in enumerate(placed) if other is item)


def _gives_answer(slot: Slot, cell: GivenCell) -> bool:
    return slot.is_answer and bool(slot.answers) and slot.answers <= cell.answers


def _is_starter(source: str, slot: Slot) -> bool:
    return is_blank(source) or is_same_code(source, slot.cell.source)


def _numbered(placed: list[Placed]) -> list[Any]:
    """The cells, without outputs and with ids of their own."""
    used = {str(item.cell["id"]) for item in placed if item.cell.get("id")}
    for number, item in enumerate(placed):
        if not item.cell.get("id"):
            item.cell["id"] = next(
                name for name in (f"own-{number}{'x' * more}" for more in range(99)) if name not in used
            )
        if item.cell.cell_type == "code":
            item.cell.outputs, item.cell.execution_count = [], None
    return [item.cell for item in placed]
