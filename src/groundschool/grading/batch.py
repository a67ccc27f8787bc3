"""Grades a folder of submissions: finds, stages, grades side by side, and has what people look at written as each is done.

A submission that was graded before, with the same inputs, is not graded again: stop a run at any point, and the same command
goes on. The order of the work never changes a result, and two runs share nothing but finished results.
"""

from __future__ import annotations

import functools
import logging
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from groundschool import fixtures
from groundschool.checks.verdict import Result, Verdict
from groundschool.course import Course, Topic
from groundschool.errors import GroundSchoolError
from groundschool.grading import seed as seeds
from groundschool.grading import submission
from groundschool.grading.handin.apart import stage_apart
from groundschool.grading.handin.find import Found, find
from groundschool.grading.handin.fingerprint import fingerprint
from groundschool.grading.handin.stage import Staged
from groundschool.grading.handin.topics import Topics
from groundschool.grading.rehearsal.lesson import Lesson, cores, prepare
from groundschool.grading.rehearsal.store import digest
from groundschool.grading.runfolder import RunFolder
from groundschool.grading.session.engine import Engine
from groundschool.grading.views import Views
from groundschool.results import HandIn, Results, is_settled

log = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]  # what is going on, how many are done, of how many
AHEAD = 2  # pieces of work handed to each worker: nobody waits, and little is held in memory


@dataclass(frozen=True)
class Plan:
    """What to grade and how. `source` is a folder, a zip, or a folder of either; no topics means every topic found.

    `database` is the gradebook's address, `json` a file for the results of this run.
    """

    source: Path
    topics: tuple[str, ...] = ()
    workers: int = 0
    database: str = ""
    json: Path | None = None


@dataclass(frozen=True)
class Batch:
    """A graded batch: this run's hand-ins in a fixed order. Their results are read when they are asked for.

    `views` says what could not be written.
    """

    hand_ins: tuple[HandIn, ...]
    views: Views

    def __iter__(self) -> Iterator[Result]:
        return (self.views.of(hand_in).result for hand_in in self.hand_ins)

    @property
    def results(self) -> tuple[Result, ...]:
        """All results of this run at once."""
        return tuple(self)


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
    results = Results(course.root)
    with Views(course, results, plan.database) as views, RunFolder() as folder:
        lessons = _lessons(used, seeds.read(course.root), engine)
        views.open(used, plan.json)
        desk = _Desk(course, engine, lessons, results, folder.path, plan.source.resolve(), seeds.read(course.root))
        hand_ins = _grade_all(desk, found, views, plan.workers, progress)
        _forget_replaced(desk, hand_ins)
        views.finish(hand_ins, plan.json)
    return Batch(tuple(hand_ins), views)


def _lessons(topics: Sequence[Topic], seed: int, engine: Engine) -> dict[str, Lesson]:
    return {topic.name: prepare(topic, seed, engine.isolation) for topic in topics}


@dataclass(frozen=True)
class _Desk:
    """All that one run's work has in common."""

    course: Course
    engine: Engine
    lessons: dict[str, Lesson]
    results: Results
    folder: Path
    source: Path
    seed: int


@dataclass(frozen=True)
class _Done:
    """A submission that has been graded, and its notebook where there is one."""

    hand_in: HandIn
    notebook: NotebookNode | None = None


def _grade_all(desk: _Desk, found: Sequence[Found], views: Views, workers: int, progress: Progress) -> list[HandIn]:
    """Rehearses and grades side by side; a topic's submissions begin when its questions are known."""
    queue = _Queue(desk, found)
    hand_ins: dict[int, HandIn] = {}
    number = workers or cores()
    progress("preparing", 0, len(found))
    with _executor(number) as executor:
        try:
            running: dict[Future[_Done | None], int] = {}
            while queue or running:
                while len(running) < AHEAD * number and (work := queue.next()):
                    running[executor.submit(work.run)] = work.place
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    place, done = running.pop(future), future.result()
                    if done is None:
                        continue
                    hand_ins[place] = done.hand_in
                    desk.results.record(done.hand_in)
                    views.show(done.hand_in, done.notebook)
                    views.tables(at_once=False)
                    progress("grading", len(hand_ins), len(found))
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise
    return [hand_ins[place] for place in range(len(found))]


def _executor(workers: int) -> Executor:
    """Threads: what costs time happens in the processes of boxes, which threads await side by side."""
    return ThreadPoolExecutor(workers)


@dataclass(frozen=True)
class _Work:
    """A piece of work for a worker: a rehearsal, or the submission at `place`."""

    run: Callable[[], _Done | None]
    place: int = -1


class _Queue:
    """The work that is left: longest first, and no rehearsal before a submission that can be graded."""

    def __init__(self, desk: _Desk, found: Sequence[Found]) -> None:
        self.desk = desk
        jvm = {name for name, lesson in desk.lessons.items() if lesson.notebook.uses_spark}
        topics = sorted({hit.topic for hit in found}, key=lambda topic: (topic not in jvm, topic))
        self.submissions = {topic: deque[tuple[int, Found]]() for topic in topics}
        for place, hit in enumerate(found):
            self.submissions[hit.topic].append((place, hit))
        lessons = [desk.lessons[topic] for topic in topics if topic in desk.lessons]
        self.rehearsals = deque((lesson, unit) for lesson in lessons for unit in lesson.units())

    def __bool__(self) -> bool:
        return bool(self.rehearsals) or any(self.submissions.values())

    def next(self) -> _Work | None:
        """The next piece that can be done now; None when all that is left waits for a rehearsal that is under way."""
        for topic, waiting in self.submissions.items():
            lesson = self.desk.lessons.get(topic)
            if waiting and (lesson is None or lesson.is_known):
                place, hit = waiting.popleft()
                return _Work(functools.partial(_grade_safely, self.desk, hit), place)
        if not self.rehearsals:
            return None
        lesson, unit = self.rehearsals.popleft()
        return _Work(functools.partial(lesson.learn, self.desk.engine, unit))


def _grade_safely(desk: _Desk, hit: Found) -> _Done:
    """One submission. Whatever goes wrong with it is its own: a person looks at it, the others go on."""
    lesson = desk.lessons.get(hit.topic)
    target = desk.folder / "staged" / hit.candidate / hit.topic
    try:
        if lesson:
            return _grade_one(desk, hit, lesson, target)
        return _ungraded(desk, hit, hit.unreadable or "It belongs to no topic of this course.", ())
    except Exception as error:
        log.debug("Grading %s failed", hit.candidate, exc_info=True)
        verdicts = submission.for_a_person(lesson.notebook, "Grading it failed.") if lesson else ()
        told = f"Grading failed with {type(error).__name__}; a person must look at it."
        return _ungraded(desk, hit, told, verdicts)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _ungraded(desk: _Desk, hit: Found, flag: str, verdicts: tuple[Verdict, ...]) -> _Done:
    """A result for what has none, known by where it lay: the next run may find it readable there."""
    practice = desk.seed == fixtures.PRACTICE_SEED
    result = Result("", hit.topic, desk.engine.isolation, (flag,), verdicts, practice)
    place = str(desk.source)
    key = digest("ungraded", place, hit.candidate, hit.topic)
    notebook = nbformat.v4.new_notebook(metadata={"groundschool": result.to_json()})
    desk.results.keep(key, result, notebook)
    return _Done(HandIn(hit.candidate, hit.topic, key, key, hit.flags, place, hit.name), notebook)


def _grade_one(desk: _Desk, hit: Found, lesson: Lesson, target: Path) -> _Done:
    staged = _staged(hit, lesson.topic, target)
    job = submission.job(desk.course, lesson, staged, desk.engine.isolation)
    place = str(desk.source) if hit.unreadable else ""
    work = digest("ungraded", place, hit.candidate, hit.topic) if place else fingerprint(hit.path, hit.notebooks)
    hand_in = HandIn(hit.candidate, hit.topic, work, job.key, hit.flags, place, hit.name)
    known = desk.results.load(job.key)
    if known and is_settled(known):
        return _Done(hand_in)
    done = submission.grade(desk.engine, lesson.notebook, staged, lesson.knowledge, hit.topic)
    desk.results.keep(job.key, done.result, done.notebook)
    return _Done(hand_in, done.notebook)


def _staged(hit: Found, topic: Topic, target: Path) -> Staged:
    staged = stage_apart(hit.path, topic.released, target, hit.notebooks)
    told = (hit.unreadable,) if hit.unreadable else ()
    return replace(staged, flags=(*told, *staged.flags), readable=staged.readable and not hit.unreadable)


def _forget_replaced(desk: _Desk, hand_ins: Sequence[HandIn]) -> None:
    """What could not be graded in this place before, and now is something else or gone, is no longer told."""
    now = {(each.candidate, each.topic, each.work) for each in hand_ins}
    for each in desk.results.hand_ins():
        if each.place == str(desk.source) and (each.candidate, each.topic, each.work) not in now:
            desk.results.forget(each)
