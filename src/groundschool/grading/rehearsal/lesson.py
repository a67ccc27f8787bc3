"""What a topic's questions must be known for before they are graded: which are known, and which are to be rehearsed.

Questions are learned apart from each other, so that an edit of one costs one, and side by side. Trying answers is
`rehearsal`'s, keeping what was learned `store`'s.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import msgspec

from groundschool.course import Cell, Notebook, Topic, read, solution_of
from groundschool.course.manifest import MARKED, RUBRIC
from groundschool.grading.rehearsal import store
from groundschool.grading.rehearsal.places import before, own, starts_jvm, upto
from groundschool.grading.rehearsal.rehearsal import Trial, rehearse
from groundschool.grading.rehearsal.store import Store
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge

log = logging.getLogger(__name__)


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

    @property
    def is_known(self) -> bool:
        """Whether every question has been learned."""
        return self.parts.keys() == self.keys.keys()

    @property
    def knowledge(self) -> Knowledge:
        """What is known of the topic."""
        return store.merged(self.seed, self.parts.values())

    def recall(self) -> None:
        """Takes in what earlier runs have learned."""
        for test, key in self.keys.items():
            if test not in self.parts and (known := self.store.load(key, self.seed)):
                self.parts[test] = known

    def units(self) -> list[tuple[Cell, ...]]:
        """The questions that are not known, as pieces of work: all together that would start a JVM each, then one
        each.
        """
        unknown = [test for test in self.notebook.tests if test.id not in self.parts]
        with_jvm = tuple(test for test in unknown if starts_jvm(before(self.notebook, [test])))
        return [unit for unit in (with_jvm, *((test,) for test in unknown if test not in with_jvm)) if unit]

    def learn(self, engine: Engine, unit: Sequence[Cell]) -> None:
        """Rehearses some questions and keeps what was learned. A question that cannot be graded is tried again the next
        time.
        """
        trials = [
            Trial(test, solution_of(self.released, test), self.topic.attempts("mistakes", test.question))
            for test in unit
        ]
        for test, part in zip(unit, rehearse(engine, upto(self.notebook, unit), trials, self.seed), strict=True):
            faults = {name: f"{self.topic.path.name}: {fault}" for name, fault in part.faults.items()}
            self.parts[test.id] = replace(part, faults=faults)
            self._keep(test, part)

    def _keep(self, test: Cell, part: Knowledge) -> None:
        if part.faults:
            return
        try:
            self.store.keep(self.keys[test.id], part)
        except OSError as error:
            log.info("What was learned of %s could not be kept, and will be learned again: %s", test.question, error)


def prepare(topic: Topic, seed: int, isolation: str, path: Path | None = None, kept_in: Path | None = None) -> Lesson:
    """The lesson of a topic with what earlier runs have learned; `path` is another notebook than the topic's own,
    `kept_in` another folder than the course in which what is learned is kept.
    """
    root = topic.folder.parent.parent
    notebook = read(path) if path else topic.notebook()
    released = read(topic.released) if topic.released.is_file() else Notebook(())
    shared = (seed, isolation, *store.of_course(root))
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
    cells = [asdict(cell) for cell in (*before(notebook, [test]), *own(notebook, test))]
    starter = solution_of(released, test)
    return [needs, cells, starter, [(path.name, path.read_text(encoding="utf-8")) for path in files]]


def learned(engine: Engine, topic: Topic, seed: int, path: Path | None = None) -> Lesson:
    """The lesson of a topic, all of it known: what is unknown is rehearsed side by side, on all cores."""
    lesson = prepare(topic, seed, engine.isolation, path)
    with ThreadPoolExecutor(cores()) as executor:
        for done in [executor.submit(lesson.learn, engine, unit) for unit in lesson.units()]:
            done.result()
    return lesson


def learn(engine: Engine, topic: Topic, seed: int, path: Path | None = None) -> Knowledge:
    """What grading knows of a topic, all of it."""
    return learned(engine, topic, seed, path).knowledge


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
