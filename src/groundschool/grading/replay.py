"""Grades a submission again from what its result was made from, and compares the two results bit by bit.

Nothing is written. A difference says that the course, the package or the machine is not what it was, or that grading
was not repeatable.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from groundschool.checks.verdict import Result
from groundschool.course import Course
from groundschool.grading import inputs, seed, submission
from groundschool.grading.rehearsal.lesson import learned, prepare
from groundschool.grading.runfolder import RunFolder
from groundschool.grading.session.engine import Engine
from groundschool.results import HandIn, Results


@dataclass(frozen=True)
class Replayed:
    """Two results of the same inputs. `course_changed` tells that the course or the package is another one by now."""

    before: Result
    now: Result
    course_changed: bool

    @property
    def differences(self) -> tuple[str, ...]:
        """A line for each value that is not the same, with where it stands; empty where all is equal."""
        return tuple(_different("", _plain(self.before), _plain(self.now)))


def replay(course: Course, hand_in: HandIn, engine: Engine) -> Replayed:
    """Grades a hand-in again. Raises NotKept where its inputs are not there."""
    results = Results(course.written)
    before = results.load(hand_in.key)
    if before is None:
        raise inputs.NotKept(f"The result {hand_in.key} is not there any more; grade the submission again.")
    with RunFolder() as folder:
        kept = inputs.restored(results, hand_in.key, folder.path / "inputs")
        topic = prepare(course.topic(hand_in.topic), seed.read(course.root), engine.isolation, kept_in=course.written)
        lesson = learned(engine, topic)
        now = submission.job(course, lesson, kept.staged, engine.isolation)
        graded = submission.grade(engine, lesson.notebook, kept.staged, lesson.knowledge(engine), hand_in.topic)
    return Replayed(before, graded.result, now.questions != results.questions(hand_in.key))


def _plain(result: Result) -> dict[str, Any]:
    body = asdict(result)
    return {name: body[name] for name in ("topic", "isolation", "flags", "questions", "practice_seed")}


def _different(place: str, before: Any, now: Any) -> list[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        names = sorted({*before, *now})
        return [line for name in names for line in _different(f"{place}/{name}", before.get(name), now.get(name))]
    if isinstance(before, (list, tuple)) and isinstance(now, (list, tuple)) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True))
        return [
            line for number, (one, other) in pairs for line in _different(f"{place}/{_name(one, number)}", one, other)
        ]
    if json.dumps(before) == json.dumps(now):
        return []
    return [f"{place}: {json.dumps(before)[:200]} before, {json.dumps(now)[:200]} now"]


def _name(item: Any, number: int) -> str:
    return str(item.get("question") or item.get("name") or number) if isinstance(item, dict) else str(number)
