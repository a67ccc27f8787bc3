"""Tries answers whose author is trusted: the instructor's solution, right answers in other styles, known mistakes.

Runs them through the same sides as submissions, in one candidate process for all. `learn` makes what grading knows of a topic
from it, kept in a file as long as nothing it depends on changes.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import groundschool
from groundschool.course import Cell, Notebook, Topic, attempt_source, message, read, solution_of
from groundschool.grading import wire
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.verdicts import Examined


class Rehearsal:
    """A running candidate's side with the topic's plain cells, on which one answer after another is tried."""

    def __init__(self, engine: Engine, notebook: Notebook, knowledge: Knowledge) -> None:
        self.notebook, self.knowledge = notebook, knowledge
        self._session = Session(engine, notebook, notebook.plain, knowledge)
        self._session.candidate.run_all()

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.__exit__()

    def solution(self, test: Cell) -> str:
        """The instructor's solution of a question."""
        return solution_of(self.notebook, test)

    def attempt(self, test: Cell, path: Path) -> str:
        """A file of `answers/` or `mistakes/` as the source of the question's solution cell."""
        return attempt_source(self.notebook, test, path)

    def examine(self, test: Cell, source: str) -> Examined:
        """The verdict on one answer."""
        return self._session.examine_answer(test, source)


def learn(engine: Engine, topic: Topic, seed: int, path: Path | None = None) -> Knowledge:
    """What grading knows of a topic. A question whose own solution earns less than all points is among its faults."""
    kept = topic.folder.parent.parent / ".groundschool" / "knowledge" / f"{topic.name}-{digest(topic, seed, path)}.bin"
    if kept.is_file():
        return _load(kept, seed)
    notebook = read(path) if path else topic.notebook()
    knowledge = _learn(engine, topic, notebook, seed)
    if not knowledge.faults:
        _keep(kept, knowledge)
    return knowledge


def _learn(engine: Engine, topic: Topic, notebook: Notebook, seed: int) -> Knowledge:
    knowledge, faults = Knowledge(seed, learning=True), dict[str, str]()
    released = read(topic.released) if topic.released.is_file() else Notebook(())
    with Rehearsal(engine, notebook, knowledge) as rehearsal:
        for test in notebook.tests:
            if fault := _fault(rehearsal, test, solution_of(released, test)):
                faults[test.id] = f"{topic.path.name}: {fault}"
        for test in _ours(notebook):
            if test.id in faults:
                continue
            knowledge.mistakes[test.id] = [
                {
                    "name": path.stem,
                    "message": message(path),
                    "seen": _failures(rehearsal.examine(test, rehearsal.attempt(test, path))),
                }
                for path in topic.attempts("mistakes", test.question)
            ]
    return replace(knowledge, learning=False, faults=faults)


def _fault(rehearsal: Rehearsal, test: Cell, starter: str) -> str:
    """Why a question cannot be graded: its own solution fails, or the starter earns as much. Empty when it can."""
    found = rehearsal.examine(test, rehearsal.solution(test))
    ours, points = test.asks_checks, found.verdict.points
    if points < test.points if ours else not points and test.points:
        return f"The solution of {test.question!r} earns {points:g} of {test.points:g}: {_why(found)}"
    names = rehearsal.notebook.answers_of(test)
    if ours or not names:
        return ""
    forgotten = "".join(f"globals().pop({name!r}, None)\n" for name in names)
    blank = rehearsal.examine(test, forgotten + starter).verdict.points
    if blank < points or not points:
        return ""
    return f"The test cell of {test.question!r} gives {blank:g} points to the starter, as many as to the solution."


def _ours(notebook: Notebook) -> list[Cell]:
    """The test cells that ask by `checks`; of any other there is nothing to learn."""
    return [test for test in notebook.tests if test.asks_checks]


def _failures(found: Examined) -> dict[str, str]:
    passed = {check.name for check in found.verdict.checks if check.passed}
    return {name: seen for name, seen in found.seen.items() if name not in passed}


def _why(found: Examined) -> str:
    return (
        "; ".join(
            f"{check.name}: {check.detail or check.message}" for check in found.verdict.checks if not check.passed
        )
        or found.verdict.reason
    )


def digest(topic: Topic, seed: int, path: Path | None = None) -> str:
    """Equal for equal notebooks, mistakes, data, package and seed."""
    found = hashlib.sha256(str(seed).encode())
    folder, data = topic.folder, topic.folder.parent.parent / "data"
    ours = ("topic.toml", "mistakes/*/*", "questions/*/mistakes/*", "questions/*/rubric.yaml")
    files = [
        *(file for pattern in ours for file in folder.glob(pattern)),
        *data.rglob("*"),
        *Path(groundschool.__file__).parent.rglob("*.py"),
    ]
    for file in [path or topic.path, *sorted(file for file in files if file.is_file())]:
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:24]


def _keep(path: Path, knowledge: Knowledge) -> None:
    head: dict[str, Any] = {"mistakes": knowledge.mistakes, "expected": [], "tables": []}
    blobs: list[bytes] = []
    for kind, items in (("expected", knowledge.expected), ("tables", knowledge.tables)):
        for key, (value, out) in items.items():
            head[kind].append([key, value, len(out)])
            blobs += out
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(wire.pack(head, blobs))
    fresh.chmod(0o600)
    fresh.replace(path)


def _load(path: Path, seed: int) -> Knowledge:
    head, blobs = wire.unpack(path.read_bytes())
    knowledge, start = Knowledge(seed, mistakes=head["mistakes"]), 0
    for kind in ("expected", "tables"):
        for key, value, count in head[kind]:
            place: Any = getattr(knowledge, kind)
            place[tuple(key) if isinstance(key, list) else key] = (value, blobs[start : start + count])
            start += count
    return knowledge
