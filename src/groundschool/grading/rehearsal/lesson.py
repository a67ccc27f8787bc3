"""What a topic's questions must be known for before they are graded: which are known, and which are to be rehearsed.

Before the first submission that is what each question expects; what its mistakes return, when an answer first fails.
Questions are learned apart from each other, so that an edit of one costs one, and side by side. Trying answers is
`rehearsal`'s, keeping what was learned `store`'s.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from groundschool.course import Cell, Notebook, Topic, read
from groundschool.course.manifest import MARKED, RUBRIC
from groundschool.errors import GroundSchoolError
from groundschool.grading.rehearsal import store
from groundschool.grading.rehearsal.places import before, own, starts_jvm, upto
from groundschool.grading.rehearsal.rehearsal import mistaken, rehearse
from groundschool.grading.rehearsal.store import Store
from groundschool.grading.rehearsal.whole import rehearse_whole
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge

log = logging.getLogger(__name__)
TRIES = 2


@dataclass
class Lesson:
    """A topic, and what is known of its questions by now. `keys` names what is known of each, by the id of its test
    cell.
    """

    topic: Topic
    notebook: Notebook
    released: Notebook
    seed: int
    keys: dict[str, str]
    digest: str  # equal where grading this topic gives equal results
    store: Store
    parts: dict[str, Knowledge] = field(default_factory=dict)
    _mistaken: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(init=False)

    def __post_init__(self) -> None:
        self._locks = {test: threading.Lock() for test in self.keys}

    @property
    def is_known(self) -> bool:
        """Whether every question has been learned."""
        return self.parts.keys() == self.keys.keys()

    def knowledge(self, engine: Engine) -> Knowledge:
        """What is known of the topic. What mistakes return is found with `engine` when it is first asked for."""
        return replace(store.merged(self.seed, self.parts.values()), mistakes=partial(self._mistakes, engine))

    def _mistakes(self, engine: Engine, test_id: str) -> list[dict[str, Any]]:
        """What the mistakes of a question return, a record each."""
        with self._locks[test_id]:
            known = self.recorded(test_id)
            if known is None:
                test = next(test for test in self.notebook.tests if test.id == test_id)
                paths = self.topic.attempts("mistakes", test.question) if test.asks_checks else ()
                part = replace(self.parts[test_id])
                known = mistaken(engine, upto(self.notebook, [test]), test, paths, part) if paths else []
                self.record(test, known)
            return known

    def recorded(self, test_id: str) -> list[dict[str, Any]] | None:
        """What the mistakes of a question return, where somebody has found it; else None."""
        known = self._mistaken.get(test_id) or self.store.mistakes(self.keys[test_id])
        if known is not None:
            self._mistaken[test_id] = known
        return known

    def record(self, test: Cell, known: list[dict[str, Any]]) -> None:
        """Keeps what the mistakes of a question return, for this run and for later ones."""
        self._mistaken[test.id] = known
        self._keep(test, partial(self.store.keep_mistakes, self.keys[test.id], known))

    def recall(self) -> None:
        """Takes in what earlier runs have learned."""
        for test, key in self.keys.items():
            if test not in self.parts and (known := self.store.load(key, self.seed)):
                self.parts[test] = known

    def units(self) -> list[tuple[Cell, ...]]:
        """The questions that are not known, as pieces of work: all together that don't ask by `checks`, and that would
        start a JVM each, then one each.
        """
        unknown = [test for test in self.notebook.tests if test.id not in self.parts]
        plain = tuple(test for test in unknown if not test.asks_checks)
        with_jvm = tuple(test for test in unknown if test not in plain and starts_jvm(before(self.notebook, [test])))
        alone = ((test,) for test in unknown if test not in (*plain, *with_jvm))
        return [unit for unit in (plain, with_jvm, *alone) if unit]

    def learn(self, engine: Engine, unit: Sequence[Cell]) -> None:
        """Rehearses some questions and keeps what was learned. A question that cannot be graded is tried again the next
        time.
        """
        for test, part in zip(unit, self._tried(engine, unit), strict=True):
            faults = {name: f"{self.topic.path.name}: {fault}" for name, fault in part.faults.items()}
            self.parts[test.id] = replace(part, faults=faults)
            if not part.faults:
                self._keep(test, partial(self.store.keep, self.keys[test.id], part))

    def _tried(self, engine: Engine, unit: Sequence[Cell]) -> list[Knowledge]:
        """What was learned of the questions. A failure of ours may pass, and is tried once more; one that stays costs
        these questions, which go to a person, and not the run.
        """
        for left in reversed(range(TRIES)):
            try:
                return self._rehearsed(engine, unit)
            except GroundSchoolError:
                raise
            except Exception as error:
                log.debug("Rehearsing failed", exc_info=True)
                fault = f"The question could not be rehearsed: {type(error).__name__}."
                if not left:
                    return [Knowledge(self.seed, faults={test.id: fault}) for test in unit]
        raise AssertionError("the last try returns or raises")

    def _rehearsed(self, engine: Engine, unit: Sequence[Cell]) -> list[Knowledge]:
        if not unit[0].asks_checks:
            return rehearse_whole(engine, self.notebook, self.released, unit, self.seed)
        return rehearse(engine, upto(self.notebook, unit), unit, self.seed)

    def _keep(self, test: Cell, keep: Callable[[], None]) -> None:
        try:
            keep()
        except OSError as error:
            log.info("What was learned of %s could not be kept, and will be learned again: %s", test.question, error)


def prepare(
    topic: Topic, seed: int, isolation: str, source: tuple[Path, Path] | None = None, kept_in: Path | None = None
) -> Lesson:
    """The lesson of a topic with what earlier runs have learned; `source` is another notebook than the topic's own and
    its released form, `kept_in` another folder than the course in which what is learned is kept.
    """
    root = topic.folder.parent.parent
    path, handed_out = source or (topic.path, topic.released)
    beside = handed_out.parent if handed_out.is_file() else None
    notebook = replace(read(path), beside=beside)
    released = read(handed_out) if beside else Notebook(())
    given = store.of_files(beside, given_files(beside)) if beside else ""
    shared = (seed, isolation, given, *store.of_course(root))
    keys = {test.id: store.digest(shared, _depends(topic, notebook, released, test)) for test in notebook.tests}
    whole = store.digest([asdict(cell) for cell in notebook.cells], sorted(keys.items()))
    lesson = Lesson(topic, notebook, released, seed, keys, whole, Store(kept_in or root))
    lesson.recall()
    return lesson


def _depends(topic: Topic, notebook: Notebook, released: Notebook, test: Cell) -> list[object]:
    """All that what is learned of a question depends on, but for what all questions share."""
    beside = [topic.folder / "questions" / test.question / file for file in (RUBRIC, MARKED)]
    files = [*topic.attempts("mistakes", test.question), *(path for path in beside if path.is_file())]
    needs = [notebook.uses_spark, notebook.uses_lab, msgspec.to_builtins(notebook.needs.limits)]
    run = (*before(notebook, [test]), *own(notebook, test)) if test.asks_checks else (*notebook.cells, *released.cells)
    cells = [asdict(cell) for cell in run]
    return [needs, cells, [(path.name, path.read_text(encoding="utf-8")) for path in files]]


def learned(engine: Engine, lesson: Lesson, *, question: str = "") -> Lesson:
    """The lesson, all of it known, or what concerns a question: what is unknown is rehearsed side by side, on all
    cores.
    """
    units = [unit for unit in lesson.units() if question in ("", *(test.question for test in unit))]
    with engine.threads(cores()) as executor:
        for done in [executor.submit(lesson.learn, engine, unit) for unit in units]:
            done.result()
    return lesson


def learn(engine: Engine, topic: Topic, seed: int) -> Knowledge:
    """What grading knows of a topic, all of it."""
    return learned(engine, prepare(topic, seed, engine.isolation)).knowledge(engine)


def given_files(folder: Path) -> list[Path]:
    """What candidates are given beside their notebooks."""
    return [path for path in folder.rglob("*") if path.suffix != ".ipynb" and "__pycache__" not in path.parts]


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
