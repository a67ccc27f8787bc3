"""Grades one staged submission: a pure function of the submission, the instructor's notebook and the seed.

A `Job` says all that it depends on as plain data, so that it can be done in any process that opens an engine of its
own.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import nbformat
from nbformat import NotebookNode

import groundschool
from groundschool import fixtures
from groundschool.checks.verdict import Result, Verdict
from groundschool.course import Course, Notebook
from groundschool.course.screen import asking
from groundschool.errors import GroundSchoolError
from groundschool.grading import alike, prying, standing
from groundschool.grading.handin.stage import Staged
from groundschool.grading.rehearsal import lesson as lessons
from groundschool.grading.rehearsal import store
from groundschool.grading.rehearsal.lesson import Lesson
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.notebook import assemble, cells_of

NONE_STOOD: Mapping[str, Verdict] = {}
NOBODY = ""  # a result is no candidate's until a hand-in says whose it is


class StaleJob(GroundSchoolError):
    """The course is not the one that a job was made for."""


@dataclass(frozen=True)
class Job:
    """One submission to be graded. `course` and `staged` are folders, `digest` is the topic's; `key` names the
    result, `questions` what the verdict of each question depends on.
    """

    key: str
    course: str
    topic: str
    staged: Staged
    digest: str
    seed: int
    isolation: Literal["sandbox", "none"]
    questions: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """The job as text; `from_json` reads it back."""
        return json.dumps({**asdict(self), "staged": {**asdict(self.staged), "notebook": str(self.staged.notebook)}})

    def with_questions(self, stood: Mapping[str, str]) -> Job:
        """The job of a result in which some verdicts are taken over, by what they depend on. Its name is another one
        where that is not what they would depend on now.
        """
        made_of = {question: stood.get(question, name) for question, name in self.questions.items()}
        if made_of == self.questions:
            return self
        return replace(self, key=store.digest(self.key, sorted(made_of.items())), questions=made_of)

    @staticmethod
    def from_json(text: str) -> Job:
        """The inverse of `to_json`; raises KeyError, TypeError or ValueError on anything else."""
        body: dict[str, Any] = json.loads(text)
        staged = body["staged"]
        kinds = {
            "notebook": Path,
            "flags": tuple,
            "attempted": dict,
            "readable": bool,
            "elsewhere": dict,
            "older": tuple,
            "asked": tuple,
        }
        return Job(**{**body, "staged": Staged(**{name: kinds[name](value) for name, value in staged.items()})})


@dataclass(frozen=True)
class Graded:
    """A result and the notebook it belongs to, with outputs and scores."""

    result: Result
    notebook: NotebookNode


def job(course: Course, topic: Lesson, staged: Staged, isolation: Literal["sandbox", "none"]) -> Job:
    """The job of grading what was staged. Its key is equal for equal content, wherever that lies and whosever it is."""
    folder = staged.notebook.parent
    files = store.of_files(folder, folder.rglob("*"))
    elsewhere = sorted(staged.elsewhere.items())
    told = (sorted(staged.attempted.items()), staged.flags, staged.readable, elsewhere, staged.asked)
    key = store.digest(topic.topic.name, topic.digest, topic.seed, isolation, package(), files, told)
    shared = (topic.topic.name, topic.seed, isolation, package())
    questions = standing.keys(asking(topic.notebook, staged.asked), staged, topic.keys, shared)
    return Job(key, str(course.root), topic.topic.name, staged, topic.digest, topic.seed, isolation, questions)


def perform(job: Job, engine: Engine, stood: Mapping[str, Verdict] = NONE_STOOD, kept_in: Path | None = None) -> Graded:
    """Does a job: what another process or machine runs. What is known of the topic is looked for in `kept_in`, or in
    the course, and learned where it is missing. Raises StaleJob.
    """
    course = Course(Path(job.course))
    topic = lessons.prepare(course.topic(job.topic), job.seed, job.isolation, kept_in=kept_in)
    if topic.digest != job.digest:
        raise StaleJob(
            f"The topic {job.topic} in {job.course} is not the one that the job was made for; make it again."
        )
    lessons.learned(engine, topic)
    return grade(engine, topic.notebook, job.staged, topic.knowledge(engine), job.topic, stood=stood)


def grade(
    engine: Engine,
    instructor: Notebook,
    staged: Staged,
    knowledge: Knowledge,
    topic: str,
    submission: NotebookNode | None = None,
    stood: Mapping[str, Verdict] = NONE_STOOD,
) -> Graded:
    """Runs and examines a staged submission. `submission` replaces the staged notebook's cells, `stood` holds verdicts
    of earlier, by question, which are taken over.
    """
    instructor = asking(instructor, staged.asked)
    submission = submission or nbformat.read(staged.notebook, as_version=4)
    cells = cells_of(submission, instructor)
    practice = knowledge.seed == fixtures.PRACTICE_SEED
    attempted = {test.id: staged.attempted.get(test.question, True) for test in instructor.tests}
    verdicts, flags, ran = _unrun(instructor, staged), staged.flags, dict[int, Any]()
    if any(attempted.values()):
        with Session(engine, instructor, cells, knowledge, files=staged.notebook.parent) as session:
            # Plain test cells may need what those above them leave: they are examined together.
            taken = {test.question for test in instructor.tests if test.asks_checks and test.question in stood}
            asked = {test.id: attempted[test.id] and test.question not in taken for test in instructor.tests}
            found = [each.verdict for each in session.run(asked)]
            verdicts = tuple(stood[each.question] if each.question in taken else each for each in found)
            flags = (*staged.flags, *session.candidate.flags)
            ran = dict(session.candidate.ran)
    flags = (*flags, *alike.within(alike.texts(submission, instructor)), *prying.signs(submission, instructor))
    result = Result(NOBODY, topic, engine.isolation, flags, _queued(verdicts, staged.elsewhere), practice)
    return Graded(result, assemble(submission, instructor, ran, result))


def for_a_person(instructor: Notebook, reason: str) -> tuple[Verdict, ...]:
    """The verdicts where something was handed in that could not be graded here; a person may be able to."""
    return tuple(
        Verdict(test.question, 0.0, test.points, "needs_person", reason=reason[:1000]) for test in instructor.tests
    )


def _unrun(instructor: Notebook, staged: Staged) -> tuple[Verdict, ...]:
    if not staged.readable:
        return for_a_person(instructor, _unread(staged.flags))
    return tuple(Verdict(test.question, 0.0, test.points, "not_attempted") for test in instructor.tests)


def _queued(verdicts: Iterable[Verdict], elsewhere: Mapping[str, str]) -> tuple[Verdict, ...]:
    """A question without an answer goes to a person where what may be one was found in another place."""
    return tuple(
        verdict.with_points(0.0, "needs_person", elsewhere[verdict.question])
        if verdict.outcome == "not_attempted" and verdict.question in elsewhere
        else verdict
        for verdict in verdicts
    )


def _unread(flags: Sequence[str]) -> str:
    return f"No notebook of the submission could be read. {' '.join(flags)}"


@functools.cache
def package() -> str:
    """A hash of this package's own files."""
    folder = Path(groundschool.__file__).parent
    return store.of_files(folder, (path for path in folder.rglob("*") if "__pycache__" not in path.parts))
