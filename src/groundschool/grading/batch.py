"""Grades a folder of submissions: finds, stages, grades side by side, and has what people look at written as each is
done.

A submission that was graded before, with the same inputs, is not graded again: stop a run at any point, and the same
command goes on. The order of the work never changes a result, and two runs share nothing but finished results.
"""

from __future__ import annotations

import functools
import logging
import shutil
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from groundschool import fixtures
from groundschool.checks.verdict import Result, Verdict
from groundschool.course import Asked, Course, Topic, screen
from groundschool.errors import GroundSchoolError
from groundschool.grading import alike, inputs, standing, submission
from groundschool.grading import seed as seeds
from groundschool.grading.cluster import Cluster
from groundschool.grading.handin.apart import stage_apart
from groundschool.grading.handin.find import Found, find
from groundschool.grading.handin.fingerprint import fingerprint
from groundschool.grading.handin.flags import MAX_LENGTH, shortened
from groundschool.grading.handin.names import NO_NAME
from groundschool.grading.handin.stage import Staged
from groundschool.grading.handin.topics import Topics
from groundschool.grading.rehearsal.lesson import Lesson, cores, prepare
from groundschool.grading.rehearsal.store import digest
from groundschool.grading.runfolder import RunFolder
from groundschool.grading.session.engine import Engine
from groundschool.grading.submission import Graded, Job
from groundschool.grading.views import Views
from groundschool.pace import Stand, Told
from groundschool.results import HandIn, Results, folded, is_settled, told_sources

log = logging.getLogger(__name__)
AHEAD = 2  # pieces of work handed to each worker: nobody waits, and little is held in memory


@dataclass(frozen=True)
class Plan:
    """What to grade and how. `source` is a folder, a zip, or a folder of either; no topics means every topic found.

    `database` is the gradebook's address, `json` a file for the results of this run. All hand-ins are of `screen`;
    without it each notebook says which screen it is of, if of any. With `question`, hand-ins graded before have only
    that examined again. `cluster` is the address of a Dask scheduler whose workers grade.
    """

    source: Path
    topics: tuple[str, ...] = ()
    workers: int = 0
    database: str = ""
    json: Path | None = None
    screen: str = ""
    question: str = ""
    cluster: str = ""


@dataclass(frozen=True)
class Batch:
    """A graded batch: this run's hand-ins in a fixed order. Their results are read when they are asked for.

    `views` says what could not be written, `notes` what concerns many of them, a sentence each.
    """

    hand_ins: tuple[HandIn, ...]
    views: Views
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Result]:
        return (self.views.of(hand_in).result for hand_in in self.hand_ins)

    @property
    def results(self) -> tuple[Result, ...]:
        """All results of this run at once."""
        return tuple(self)


def grade(course: Course, plan: Plan, engine: Engine, progress: Told) -> Batch:
    """Grades what `plan` names. Raises GroundSchoolError only for what concerns the whole batch; a submission never
    stops another.
    """
    topics = {topic.name: topic for topic in course.topics if topic.path.is_file()}
    if unknown := [name for name in plan.topics if name not in topics]:
        course.topic(unknown[0])
    wanted = _wanted(course, topics, plan)
    left_aside = {name for name in topics if wanted and name not in wanted}
    results = Results(course.written)
    everything = find(plan.source, Topics.of(topics.values()), results.people())
    found = [hit for hit in everything if hit.topic not in left_aside]
    if not found:
        raise GroundSchoolError(
            f"{plan.source} holds no submission. Expected: <candidate>/<topic>/<topic>.ipynb, a zip made by "
            "`groundschool pack`, or a folder of either."
        )
    used = [topics[name] for name in sorted({hit.topic for hit in found if hit.topic in topics})]
    asked = {topic.name: screen.asked(course, topic.name, plan.screen) for topic in used}
    with Views(course, results, plan.database) as views, RunFolder() as folder, ExitStack() as others:
        lessons = _lessons(course, used, engine)
        views.open(used, plan.json)
        place, seed = plan.source.resolve(), seeds.read(course.root)
        cluster = others.enter_context(Cluster(plan.cluster, course.written)) if plan.cluster else None
        desk = _Desk(course, engine, lessons, results, folder.path, place, seed, asked, plan.question, cluster)
        hand_ins = _grade_all(desk, found, views, plan.workers, progress)
        _forget_replaced(desk, hand_ins)
        views.finish(hand_ins, plan.json)
    return Batch(tuple(hand_ins), views, (*_notes(desk.older), *_instead(hand_ins)))


def _wanted(course: Course, topics: Mapping[str, Topic], plan: Plan) -> Collection[str]:
    """The topics to be graded; none means all."""
    if plan.question:
        tests = {name: topic.notebook().tests for name, topic in topics.items()}
        asking = {name for name, own in tests.items() if any(test.question == plan.question for test in own)}
        if not asking:
            raise GroundSchoolError(
                f"No topic of this course asks {plan.question}. Expected: the id of a question, as "
                "`groundschool status` lists them."
            )
        return asking
    return plan.topics or (screen.called(course, plan.screen).questions if plan.screen else ())


def _notes(older: Counter[tuple[str, str]]) -> tuple[str, ...]:
    """One sentence for each question that was asked in another form when it was handed out."""
    return tuple(
        f"The question {question} of {topic} has changed since the release of {count} hand-in{'s' * (count > 1)}: "
        "its present test cell and points were used."
        for (topic, question), count in sorted(older.items())
    )


def _instead(hand_ins: Sequence[HandIn]) -> tuple[str, ...]:
    """One sentence for each source whose hand-ins no longer count, since the candidates have others here."""
    people: dict[tuple[str, str], dict[str, None]] = {}
    for each in hand_ins:
        if each.instead_of:
            people.setdefault((each.instead_of, each.source), {})[each.candidate] = None
    return tuple(
        f"Of {shortened(', '.join(names), MAX_LENGTH)} ({len(names):,}) what counts now was "
        f"{told_sources(earlier, now)}. Grade that again where the earlier is to count."
        for (earlier, now), names in people.items()
    )


def _lessons(course: Course, topics: Sequence[Topic], engine: Engine) -> dict[str, Lesson]:
    seed = seeds.read(course.root)
    return {topic.name: prepare(topic, seed, engine.isolation, kept_in=course.written) for topic in topics}


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
    asked: dict[str, Asked]  # by topic
    question: str = ""  # the only one to be examined again
    cluster: Cluster | None = None  # where submissions are graded, if not here
    older: Counter[tuple[str, str]] = field(default_factory=Counter)  # hand-ins of an older release, by question


@dataclass(frozen=True)
class _Done:
    """A submission that has been graded, its notebook where there is one, and what it answers in words."""

    hand_in: HandIn
    notebook: NotebookNode | None = None
    texts: alike.Texts = field(default_factory=dict)
    older: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()  # of its questions


def _grade_all(desk: _Desk, found: Sequence[Found], views: Views, workers: int, progress: Told) -> list[HandIn]:
    """Rehearses and grades side by side; a topic's submissions begin when its questions are known."""
    queue = _Queue(desk, found)
    hand_ins, texts = dict[int, HandIn](), dict[int, alike.Texts]()
    number = workers or (desk.cluster.workers if desk.cluster else cores())
    outcomes = Counter[str]()
    progress(Stand("preparing", 0, len(found)))
    with desk.engine.threads(number) as executor:
        running: dict[Future[_Done | None], _Work] = {}
        while queue or running:
            while len(running) < AHEAD * number and (work := queue.next()):
                running[executor.submit(work.run)] = work
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                work, done = running.pop(future), future.result()
                queue.ended(work)
                if done is None:
                    continue
                hand_in = desk.results.record(done.hand_in)
                hand_ins[work.place], texts[work.place] = hand_in, done.texts
                desk.older.update((done.hand_in.topic, question) for question in done.older)
                views.show(hand_in, done.notebook)
                views.tables(at_once=False)
                outcomes.update(done.outcomes)
                progress(Stand("grading", len(hand_ins), len(found), dict(outcomes)))
    places = range(len(found))
    return _tell_alike(desk, views, [hand_ins[place] for place in places], [texts[place] for place in places])


def _tell_alike(desk: _Desk, views: Views, hand_ins: Sequence[HandIn], texts: Sequence[alike.Texts]) -> list[HandIn]:
    """Flags the hand-ins of several people that hold the same text."""
    pairs = zip(hand_ins, texts, strict=True)
    given = [alike.Given(each.name or each.candidate, each.topic, said) for each, said in pairs]
    flagged = []
    for hand_in, sentence in zip(hand_ins, alike.between(given), strict=True):
        if sentence:
            hand_in = desk.results.record(replace(hand_in, flags=(*hand_in.flags, sentence)))
            views.show(hand_in)
        flagged.append(hand_in)
    return flagged


@dataclass(frozen=True)
class _Work:
    """A piece of work for a worker: a rehearsal, or the submission at `place`, which is `person`'s."""

    run: Callable[[], _Done | None]
    place: int = -1
    person: str = ""


class _Queue:
    """The work that is left. No rehearsal before a submission that can be graded, and of each person one submission at
    a time.

    Else one of a person's boxes could hold hidden data while another one's outputs are still shown. Whoever has most
    left comes first, so that the last submissions are not all of one person; of a person's own the longest.
    """

    def __init__(self, desk: _Desk, found: Sequence[Found]) -> None:
        self.desk = desk
        jvm = {name for name, lesson in desk.lessons.items() if lesson.notebook.uses_spark}
        topics = sorted({hit.topic for hit in found}, key=lambda topic: (topic not in jvm, topic))
        self.rank = {topic: rank for rank, topic in enumerate(topics)}
        self.submissions: dict[str, list[tuple[int, Found]]] = {}
        for place, hit in sorted(enumerate(found), key=lambda each: (self.rank[each[1].topic], each[0])):
            self.submissions.setdefault(_person(hit), []).append((place, hit))
        self.at_work: set[str] = set()
        lessons = [desk.lessons[topic] for topic in topics if topic in desk.lessons]
        self.rehearsals = deque((lesson, unit) for lesson in lessons for unit in lesson.units())

    def __bool__(self) -> bool:
        return bool(self.rehearsals) or bool(self.submissions)

    def next(self) -> _Work | None:
        """The next piece that can be done now; None when all that is left waits for what is under way."""
        if person := min(filter(self._is_ready, self.submissions), key=self._order, default=""):
            place, hit = self._first(person)
            self._take(person, place)
            return _Work(functools.partial(_grade_safely, self.desk, hit), place, person)
        if not self.rehearsals:
            return None
        lesson, unit = self.rehearsals.popleft()
        return _Work(functools.partial(lesson.learn, self.desk.engine, unit))

    def ended(self, work: _Work) -> None:
        """A piece of work is done; its person's next submission may begin."""
        self.at_work.discard(work.person)

    def _is_ready(self, person: str) -> bool:
        return person not in self.at_work and any(self._is_known(hit) for _, hit in self.submissions[person])

    def _order(self, person: str) -> tuple[int, int, int]:
        place, hit = self._first(person)
        return -len(self.submissions[person]), self.rank[hit.topic], place

    def _first(self, person: str) -> tuple[int, Found]:
        return next(each for each in self.submissions[person] if self._is_known(each[1]))

    def _take(self, person: str, place: int) -> None:
        self.at_work.add(person)
        self.submissions[person] = [each for each in self.submissions[person] if each[0] != place]
        if not self.submissions[person]:
            del self.submissions[person]

    def _is_known(self, hit: Found) -> bool:
        lesson = self.desk.lessons.get(hit.topic)
        return lesson is None or lesson.is_known


def _person(hit: Found) -> str:
    """Whose a submission is: of several hand-ins of one topic each has a candidate's name of its own."""
    return hit.candidate if hit.name in ("", NO_NAME) else folded(hit.name)


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
    note = HandIn(hit.candidate, hit.topic, key, key, hit.flags, place, hit.name, source=place)
    return _Done(note, notebook, outcomes=_outcomes(result))


def _grade_one(desk: _Desk, hit: Found, lesson: Lesson, target: Path) -> _Done:
    staged = _staged(hit, lesson.topic, target, desk.asked[hit.topic])
    job = submission.job(desk.course, lesson, staged, desk.engine.isolation)
    place = str(desk.source) if hit.unreadable else ""
    work = digest("ungraded", place, hit.candidate, hit.topic) if place else fingerprint(hit.path, hit.notebooks)
    hand_in = HandIn(hit.candidate, hit.topic, work, job.key, hit.flags, place, hit.name, source=str(desk.source))
    texts = alike.texts(nbformat.read(staged.notebook, as_version=4), lesson.notebook)
    known = desk.results.load(job.key)
    if known and is_settled(known):
        return _Done(hand_in, None, texts, staged.older, _outcomes(known))
    earlier = desk.results.hand_in(hit.candidate, hit.topic, work)
    stands = standing.standing(desk.results, earlier.key, job.questions, desk.question) if earlier else {}
    stood = {question: each.verdict for question, each in stands.items()}
    done = _graded(desk, lesson, job, stood)
    job = job.with_questions({question: each.key for question, each in stands.items()})
    desk.results.keep(job.key, done.result, done.notebook, job.questions)
    inputs.keep(desk.results, job)
    return _Done(replace(hand_in, key=job.key), done.notebook, texts, staged.older, _outcomes(done.result))


def _outcomes(result: Result) -> tuple[str, ...]:
    return tuple(verdict.outcome for verdict in result.questions)


def _graded(desk: _Desk, lesson: Lesson, job: Job, stood: Mapping[str, Verdict]) -> Graded:
    if desk.cluster:
        return desk.cluster.grade(job, stood)
    known = lesson.knowledge(desk.engine)
    return submission.grade(desk.engine, lesson.notebook, job.staged, known, job.topic, stood=stood)


def _staged(hit: Found, topic: Topic, target: Path, asked: Asked) -> Staged:
    staged = stage_apart(hit.path, topic.released, target, hit.notebooks, asked)
    told = (hit.unreadable,) if hit.unreadable else ()
    return replace(staged, flags=(*told, *staged.flags), readable=staged.readable and not hit.unreadable)


def _forget_replaced(desk: _Desk, hand_ins: Sequence[HandIn]) -> None:
    """What could not be graded in this place before, and now is something else or gone, is no longer told."""
    now = {(each.candidate, each.topic, each.work) for each in hand_ins}
    for each in desk.results.hand_ins():
        if each.place == str(desk.source) and (each.candidate, each.topic, each.work) not in now:
            desk.results.forget(each)
