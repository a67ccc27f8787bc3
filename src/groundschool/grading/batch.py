"""Grades a folder of submissions: finds, stages, grades side by side, and writes what people look at.

A submission that was graded before, with the same inputs, is not graded again: stop a run at any point, and the same command
goes on. The order of the work never changes a result.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat

from groundschool.checks.verdict import Result
from groundschool.course import Course, Topic
from groundschool.errors import GroundSchoolError
from groundschool.grading import gradebook, handin, seeds, submission
from groundschool.grading.engine import Engine
from groundschool.grading.handin import Found
from groundschool.grading.knowledge import Knowledge
from groundschool.grading.rehearsal import digest, learn
from groundschool.grading.staging import Staged, stage
from groundschool.grading.submission import Graded

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
    found = [hit for hit in handin.find(plan.source, list(topics)) if not plan.topics or hit.topic in plan.topics]
    if not found:
        raise GroundSchoolError(
            f"{plan.source} holds no submission. Expected: <candidate>/<topic>/<topic>.ipynb, a zip made by `groundschool pack`, or a folder of either."
        )
    used = [topics[name] for name in sorted({hit.topic for hit in found if hit.topic in topics})]
    seed = seeds.read(course.root)
    knowledge = {
        topic.name: _learned(engine, topic, seed, progress, place, len(used)) for place, topic in enumerate(used)
    }
    graded = _grade_all(course, found, _Bench(engine, topics, knowledge), plan.workers, progress)
    results = _record(course, plan, used, [item.result for item in graded])
    _write_notebooks(course, graded)
    return Batch(tuple(graded), tuple(results))


def _learned(engine: Engine, topic: Topic, seed: int, progress: Progress, place: int, total: int) -> Knowledge:
    progress(f"reading {topic.name}", place, total)
    return learn(engine, topic, seed)


@dataclass(frozen=True)
class _Bench:
    engine: Engine
    topics: dict[str, Topic]
    knowledge: dict[str, Knowledge]


def _grade_all(course: Course, found: Sequence[Found], bench: _Bench, workers: int, progress: Progress) -> list[Graded]:
    """Longest first: a topic that starts a JVM takes the longest."""
    jobs = sorted(
        enumerate(found),
        key=lambda job: (
            job[1].topic not in bench.topics or not bench.topics[job[1].topic].notebook().uses_spark,
            job[0],
        ),
    )
    done: dict[int, Graded] = {}
    progress("grading", 0, len(jobs))
    with _executor(workers) as executor:
        running = {executor.submit(_grade_one, course, hit, bench): place for place, hit in jobs}
        for future in as_completed(running):
            done[running[future]] = future.result()
            progress("grading", len(done), len(jobs))
    return [done[place] for place in range(len(found))]


def _executor(workers: int) -> Executor:
    return ThreadPoolExecutor(
        workers or max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    )


def _grade_one(course: Course, hit: Found, bench: _Bench) -> Graded:
    if hit.topic not in bench.topics:
        result = Result(hit.candidate, hit.topic, bench.engine.isolation, (*hit.flags, hit.unreadable), (), True)
        return Graded(result, nbformat.v4.new_notebook())
    topic, knowledge = bench.topics[hit.topic], bench.knowledge[hit.topic]
    staged = _staged(course, hit, topic)
    kept = course.root / ".groundschool" / "results" / f"{_inputs(hit, staged, topic, bench)}.json"
    done = submission.kept(kept)
    if done is None:
        done = submission.grade(bench.engine, topic.notebook(), staged, knowledge, (hit.candidate, hit.topic))
        submission.keep(kept, done)
    return done


def _staged(course: Course, hit: Found, topic: Topic) -> Staged:
    target = course.root / ".groundschool" / "staged" / hit.candidate / hit.topic
    shutil.rmtree(target, ignore_errors=True)
    staged = stage(hit.path, topic.released, target)
    flags = (*hit.flags, *((hit.unreadable,) if hit.unreadable else ()), *staged.flags)
    return Staged(staged.notebook, flags, staged.attempted, staged.readable)


def _inputs(hit: Found, staged: Staged, topic: Topic, bench: _Bench) -> str:
    found = hashlib.sha256(f"{hit.candidate}\0{hit.topic}\0{bench.engine.isolation}\0{staged.flags}\0".encode())
    found.update(digest(topic, bench.knowledge[topic.name].seed).encode())
    for path in sorted(path for path in staged.notebook.parent.rglob("*") if path.is_file()):
        found.update(path.name.encode("utf-8", "replace") + b"\0" + path.read_bytes() + b"\0")
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
