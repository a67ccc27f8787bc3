"""Grades a folder of submissions: finds, stages, grades side by side, and writes what people look at.

A submission that was graded before, with the same inputs, is not graded again: stop a run at any point, and the same command
goes on. The order of the work never changes a result.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from groundschool.checks.verdict import Result, Verdict
from groundschool.course import Course, Notebook, Topic
from groundschool.errors import GroundSchoolError
from groundschool.grading import seed as seeds
from groundschool.grading import submission
from groundschool.grading.handin.apart import stage_apart
from groundschool.grading.handin.find import Found, find
from groundschool.grading.handin.stage import Staged
from groundschool.grading.handin.topics import Topics
from groundschool.grading.plugin import gradebook
from groundschool.grading.rehearsal.rehearsal import digest, learn
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.submission import Graded

log = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]  # what is going on, how many are done, of how many


@dataclass(frozen=True)
class Plan:
    """What to grade and how. `source` is a folder, a zip, or a folder of either; no topics means every topic found."""

    source: Path
    topics: tuple[str, ...] = ()
    workers: int = 0
    database: str = ""


@dataclass(frozen=True)
class Batch:
    """A graded batch: the results in a fixed order, and each one's notebook."""

    graded: tuple[Graded, ...]
    results: tuple[Result, ...]


def grade(course: Course, plan: Plan, engine: Engine, progress: Progress) -> Batch:
    """Grades what `plan` names. Raises GroundSchoolError only for what concerns the whole batch; a submission never stops another."""
    topics = {topic.name: topic for topic in course.topics if topic.path.is_file()}
    if unknown := [name for name in plan.topics if name not in topics]:
        course.topic(unknown[0])
    left_aside = {name for name in topics if plan.topics and name not in plan.topics}
    found = [hit for hit in find(plan.source, Topics.of(topics.values())) if hit.topic not in left_aside]
    if not found:
        raise GroundSchoolError(
            f"{plan.source} holds no submission. Expected: <candidate>/<topic>/<topic>.ipynb, a zip made by `groundschool pack`, or a folder of either."
        )
    used = [topics[name] for name in sorted({hit.topic for hit in found if hit.topic in topics})]
    seed = seeds.read(course.root)
    lessons = {
        topic.name: _lesson(engine, topic, seed, progress, (place, len(used))) for place, topic in enumerate(used)
    }
    graded = _grade_all(_Desk(course, engine, lessons), found, plan.workers, progress)
    results = _record(course, plan, used, [item.result for item in graded])
    _write_notebooks(course, graded)
    return Batch(tuple(graded), tuple(results))


@dataclass(frozen=True)
class _Lesson:
    """All that grading needs of a topic, read once a run."""

    topic: Topic
    notebook: Notebook
    knowledge: Knowledge
    digest: str


@dataclass(frozen=True)
class _Desk:
    course: Course
    engine: Engine
    lessons: dict[str, _Lesson]

    def folder(self, name: str) -> Path:
        """A folder of the run's own files."""
        return self.course.root / ".groundschool" / name


def _lesson(engine: Engine, topic: Topic, seed: int, progress: Progress, place: tuple[int, int]) -> _Lesson:
    progress(f"preparing {topic.name}", *place)
    return _Lesson(topic, topic.notebook(), learn(engine, topic, seed), digest(topic, seed))


def _grade_all(desk: _Desk, found: Sequence[Found], workers: int, progress: Progress) -> list[Graded]:
    """Longest first: a topic that starts a JVM takes the longest."""
    spark = {name for name, lesson in desk.lessons.items() if lesson.notebook.uses_spark}
    jobs = sorted(enumerate(found), key=lambda job: (job[1].topic not in spark, job[0]))
    done: dict[int, Graded] = {}
    progress("grading", 0, len(jobs))
    with _executor(workers) as executor:
        running = {executor.submit(_grade_safely, desk, hit): place for place, hit in jobs}
        for future in as_completed(running):
            done[running[future]] = future.result()
            progress("grading", len(done), len(jobs))
    return [done[place] for place in range(len(found))]


def _executor(workers: int) -> Executor:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return ThreadPoolExecutor(workers or cores or 1)


def _grade_safely(desk: _Desk, hit: Found) -> Graded:
    """One submission. Whatever goes wrong with it is its own: a person looks at it, the others go on."""
    lesson = desk.lessons.get(hit.topic)
    try:
        if lesson:
            return _grade_one(desk, hit, lesson)
        return _ungraded(desk, hit, (*hit.flags, hit.unreadable or "It belongs to no topic of this course."), ())
    except Exception as error:
        log.exception("Grading %s failed", hit.candidate)
        tests = lesson.notebook.tests if lesson else ()
        verdicts = tuple(
            Verdict(test.question, 0.0, test.points, "needs_person", reason="Grading it failed.") for test in tests
        )
        return _ungraded(
            desk, hit, (*hit.flags, f"Grading failed with {type(error).__name__}; a person must look at it."), verdicts
        )


def _ungraded(desk: _Desk, hit: Found, flags: Sequence[str], verdicts: tuple[Verdict, ...]) -> Graded:
    result = Result(hit.candidate, hit.topic, desk.engine.isolation, tuple(flags), verdicts, True)
    return Graded(result, nbformat.v4.new_notebook())


def _grade_one(desk: _Desk, hit: Found, lesson: _Lesson) -> Graded:
    staged = _staged(desk, hit, lesson.topic)
    kept = desk.folder("results") / f"{_inputs(desk, hit, staged)}.json"
    done = submission.kept(kept)
    if done is None:
        done = submission.grade(desk.engine, lesson.notebook, staged, lesson.knowledge, (hit.candidate, hit.topic))
        if not {"needs_person", "timed_out"} & {verdict.outcome for verdict in done.result.questions}:
            submission.keep(kept, done)  # what kept those from a verdict may be gone the next time
    return done


def _staged(desk: _Desk, hit: Found, topic: Topic) -> Staged:
    target = desk.folder("staged") / hit.candidate / hit.topic
    shutil.rmtree(target, ignore_errors=True)
    staged = stage_apart(hit.path, topic.released, target, hit.notebooks)
    flags = (*hit.flags, *((hit.unreadable,) if hit.unreadable else ()), *staged.flags)
    return replace(staged, flags=flags, readable=staged.readable and not hit.unreadable)


def _inputs(desk: _Desk, hit: Found, staged: Staged) -> str:
    """Names a result by everything it depends on."""
    found = hashlib.sha256(f"{hit.candidate}\0{hit.topic}\0{desk.engine.isolation}\0{staged.flags}\0".encode())
    found.update(desk.lessons[hit.topic].digest.encode())
    for path in sorted(path for path in staged.notebook.parent.rglob("*") if path.is_file()):
        name, content = os.fsencode(path.relative_to(staged.notebook.parent)), path.read_bytes()
        found.update(b"%d %d %b%b" % (len(name), len(content), name, content))
    return found.hexdigest()[:32]


def _record(course: Course, plan: Plan, topics: Sequence[Topic], results: Sequence[Result]) -> list[Result]:
    url = plan.database or f"sqlite:///{course.root / 'gradebook.db'}"
    names = {topic.name for topic in topics}
    with gradebook.opened(url, course.root.name) as book:
        gradebook.register(book, url, topics)
        filled = iter(gradebook.fill(book, [result for result in results if result.topic in names]))
    return [next(filled) if result.topic in names else result for result in results]


def _write_notebooks(course: Course, graded: Sequence[Graded]) -> None:
    for item in graded:
        folder = course.root / "autograded" / item.result.candidate / item.result.topic
        if item.result.topic:
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(item.notebook, folder / f"{item.result.topic}.ipynb")
