"""nbgrader's own gradebook: registers topics, shows hand-ins, and remembers which hand-in a person's score was given
for.

A gradebook has one place for a candidate and topic; the newest hand-in stands there. What a person decided of an
earlier one is set aside in a table of ours, and comes back with it. Which points a question earned is decided
elsewhere.
"""

from __future__ import annotations

import functools
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import nbformat
from sqlalchemy import Boolean, Column, Float, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from groundschool.checks.verdict import Result, Verdict
from groundschool.course import TESTS, Topic
from groundschool.errors import GroundSchoolError
from groundschool.grading.plugin import failure, revision
from groundschool.results import FOR_A_PERSON, Decision, HandIn, reviewed

TRIES = 5  # two runs may make the same gradebook, or the same row in it, at once
SECONDS_BETWEEN_TRIES = 0.3
META = MetaData()
SHOWN = Table(
    "groundschool_shown",
    META,
    Column("candidate", String(200), primary_key=True),
    Column("topic", String(200), primary_key=True),
    Column("work", String(64), nullable=False),
)
DECIDED = Table(
    "groundschool_decided",
    META,
    Column("candidate", String(200), primary_key=True),
    Column("topic", String(200), primary_key=True),
    Column("work", String(64), primary_key=True),
    Column("question", String(200), primary_key=True),
    Column("points", Float),
    Column("max", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("given", Boolean, nullable=False),
)
Who = tuple[str, str, str]  # candidate, topic, work
Reviews = dict[Who, dict[str, Decision]]


class GradebookRefused(GroundSchoolError):
    """The gradebook does not fit the course, or cannot be used."""


@contextmanager
def opened(url: str, course_id: str) -> Iterator[Any]:
    """The gradebook at a database address, made when it is missing. Raises GradebookRefused where it cannot be."""
    book = _open(url, course_id)
    try:
        with failure.told_once():
            yield book
    finally:
        book.close()


def _open(url: str, course_id: str) -> Any:
    from nbgrader.api import Gradebook

    revision.read_in_this_process()
    for left in reversed(range(TRIES)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # nbgrader 0.9.6 on SQLAlchemy 2 warns about its own sessions
                book = Gradebook(url, course_id)
                META.create_all(book.engine)
                return book
        except (SQLAlchemyError, ImportError, OSError) as error:
            # Two runs at once make the same tables; which of them was first does not matter.
            if not left or not isinstance(error, DBAPIError) or "unable to open" in str(error):
                raise GradebookRefused(
                    f"The gradebook cannot be used: {failure.reason(error)} Expected was a database that can be "
                    "written. Choose another with --db, or free this one."
                ) from None
            time.sleep(SECONDS_BETWEEN_TRIES)
    raise AssertionError("the last try returns or raises")


def register(gradebook: Any, url: str, topics: Sequence[Topic]) -> None:
    """Makes the topics known, as `nbgrader generate_assignment` does, without writing `release/`.

    Raises GradebookRefused when questions were added or removed since submissions were graded.
    """
    for topic in topics:
        _again(gradebook, functools.partial(_register, gradebook, url, topic))


def _register(gradebook: Any, url: str, topic: Topic) -> None:
    from nbgrader.preprocessors import ClearOutput, ClearSolutions, ComputeChecksums, LockCells, SaveCells
    from traitlets.config import Config

    config = Config({"ClearSolutions": {"code_stub": {"python": ""}}})
    gradebook.update_or_create_assignment(topic.name)
    notebook = nbformat.read(topic.path, as_version=4)
    resources: Any = {"nbgrader": {"notebook": topic.name, "assignment": topic.name, "db_url": url}}
    try:
        for step in (LockCells, ClearSolutions, ClearOutput, ComputeChecksums, SaveCells):
            notebook, resources = step(config=config, enabled=True).preprocess(notebook, resources)
    except RuntimeError:
        raise GradebookRefused(
            f"The gradebook holds submissions for an earlier {topic.name!r} with other questions. "
            "Move gradebook.db away, or choose another with --db, and grade again."
        ) from None


def show(gradebook: Any, hand_in: HandIn, result: Result) -> Reviews:
    """Puts a hand-in's scores into its place; returns what a person has decided of this candidate's hand-ins for the
    topic.

    Doing it twice changes nothing. Raises SQLAlchemyError when the database fails.
    """
    return dict(_again(gradebook, lambda: _show(gradebook, hand_in, result)))


def _show(gradebook: Any, hand_in: HandIn, result: Result) -> Reviews:
    candidate, topic = hand_in.candidate, hand_in.topic
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _name(gradebook.update_or_create_student(candidate), hand_in.name)
        gradebook.update_or_create_submission(topic.partition("/")[0], candidate)
    place = _Place(gradebook, candidate, topic)
    place.ask({verdict.question for verdict in result.questions})
    before = place.work
    if before not in (None, hand_in.work):
        place.set_aside()
        place.take_up(hand_in.work)
    if before == hand_in.work:
        place.accept(result)
    place.stand(hand_in.work)
    place.score(result)
    gradebook.db.commit()
    return {(candidate, topic, work): found for work, found in place.decided().items()}


def _name(student: Any, name: str) -> None:
    """Gives a student the name as people write it, where nobody has given one."""
    if name and student.first_name is None and student.last_name is None:
        *first, student.last_name = name.split() or [name]
        student.first_name = " ".join(first)


def decide(gradebook: Any, hand_in: HandIn, chosen: Mapping[str, Decision]) -> None:
    """Enters points and comments of a person's for a hand-in, as the formgrader would. Raises GradebookRefused when
    another hand-in stands in its place.
    """
    _again(gradebook, lambda: _decide(gradebook, hand_in, chosen))


def _decide(gradebook: Any, hand_in: HandIn, chosen: Mapping[str, Decision]) -> None:
    place = _Place(gradebook, hand_in.candidate, hand_in.topic)
    if place.work != hand_in.work:
        raise GradebookRefused(
            f"The gradebook shows another hand-in of {hand_in.candidate}, {hand_in.topic}. Nothing was entered for it; "
            "`groundschool report` writes the queue again."
        )
    for question, decision in chosen.items():
        place.enter(question, decision)
    gradebook.db.commit()


def decisions(gradebook: Any) -> Reviews:
    """All that people have decided, by hand-in."""
    found: Reviews = defaultdict(dict)
    for row in gradebook.db.execute(select(DECIDED)):
        found[row.candidate, row.topic, row.work][row.question] = _decision(row)
    touched = _touched(gradebook)
    for row in gradebook.db.execute(select(SHOWN)).all():
        if (row.candidate, row.topic.partition("/")[0]) in touched:
            found[row.candidate, row.topic, row.work] |= _Place(gradebook, row.candidate, row.topic).live()
    return dict(found)


def decided(gradebook: Any, candidate: str, topic: str) -> dict[str, dict[str, Decision]]:
    """What people have decided of a candidate's hand-ins for a topic, by hand-in ("" where nobody noted which)."""
    return _Place(gradebook, candidate, topic).decided()


def _touched(gradebook: Any) -> set[tuple[str, str]]:
    """Candidates and topics for which a person has entered anything."""
    from nbgrader.api import Comment, Grade

    entered = [
        *gradebook.db.query(Grade).filter(Grade.manual_score.is_not(None) | Grade.extra_credit.is_not(None)),
        *gradebook.db.query(Comment).filter(Comment.manual_comment.is_not(None)),
    ]
    return {(each.student.id, each.assignment.name) for each in entered}


class _Place:
    """One candidate's place for one topic; for a notebook called otherwise than its assignment, `topic` is
    `<assignment>/<notebook>`.
    """

    def __init__(self, gradebook: Any, candidate: str, topic: str) -> None:
        from nbgrader.api import MissingEntry

        self.db, self.who = gradebook.db, {"candidate": candidate, "topic": topic}
        assignment, _, name = topic.partition("/")
        try:
            notebook = gradebook.find_submission_notebook(name or assignment, assignment, candidate)
        except MissingEntry:
            notebook = None
        self.notebook = notebook
        self.grades = {each.name.removesuffix(TESTS): each for each in notebook.grades} if notebook else {}
        self.comments = {each.name: each for each in notebook.comments} if notebook else {}

    @property
    def work(self) -> str | None:
        """The hand-in that stands here."""
        row = self.db.execute(select(SHOWN.c.work).where(*_are(SHOWN, self.who))).first()
        return str(row.work) if row else None

    def ask(self, questions: Collection[str]) -> None:
        """Leaves a place for the points of the questions that the hand-in was asked, so that no others count in its
        maximum. What a person gives points to by hand has one always, and all have one where nothing could be read.
        """
        from nbgrader.api import Grade

        if self.notebook is None or not questions:
            return
        answers = {cell.name for cell in self.notebook.notebook.solution_cells}
        for cell in self.notebook.notebook.grade_cells:
            question = cell.name.removesuffix(TESTS)
            asked = cell.name in answers or question in questions
            if asked and question not in self.grades:
                self.grades[question] = Grade(cell_id=cell.id, notebook_id=self.notebook.id)
                self.db.add(self.grades[question])
            elif not asked and question in self.grades:
                self.db.delete(self.grades.pop(question))
        self.db.flush()

    def stand(self, work: str) -> None:
        """Notes which hand-in stands here now."""
        self.db.execute(delete(SHOWN).where(*_are(SHOWN, self.who)))
        self.db.execute(insert(SHOWN).values(**self.who, work=work))

    def live(self) -> dict[str, Decision]:
        """What a person has entered for the hand-in that stands here."""
        found = {}
        for question, grade in self.grades.items():
            comment = self.comments.get(question)
            words, points = (comment.manual_comment or "") if comment else "", None
            if grade.manual_score is not None or grade.extra_credit is not None:
                score = grade.auto_score if grade.manual_score is None else grade.manual_score
                points = float((score or 0) + (grade.extra_credit or 0))
            if points is not None or words:
                found[question] = Decision(points, float(grade.max_score), words)
        return found

    def decided(self) -> dict[str, dict[str, Decision]]:
        """What people have decided here, by hand-in ("" where nobody noted which)."""
        found: dict[str, dict[str, Decision]] = defaultdict(dict)
        for row in self.db.execute(select(DECIDED).where(*_are(DECIDED, self.who))):
            found[row.work][row.question] = _decision(row)
        found[self.work or ""] |= self.live()
        return {work: each for work, each in found.items() if each}

    def set_aside(self) -> None:
        """Notes what was entered for the hand-in that stands here, and clears its place."""
        for question, decision in self.live().items():
            self._note(str(self.work), question, decision)
        for grade in self.grades.values():
            grade.manual_score = grade.extra_credit = None
        for comment in self.comments.values():
            comment.manual_comment = None

    def take_up(self, work: str) -> None:
        """Enters again what was decided of a hand-in that comes back."""
        for row in self.db.execute(select(DECIDED).where(*_are(DECIDED, {**self.who, "work": work}))).all():
            if row.given and row.question in self.grades:
                self.grades[row.question].manual_score = row.points
            if row.comment and row.question in self.comments:
                self.comments[row.question].manual_comment = row.comment

    def enter(self, question: str, decision: Decision) -> None:
        """Enters what a person chose; an empty comment leaves the one that is there."""
        if (grade := self.grades.get(question)) and decision.points is not None:
            grade.manual_score, grade.extra_credit = decision.points, None
        if (comment := self.comments.get(question)) and decision.comment:
            comment.manual_comment = decision.comment

    def accept(self, result: Result) -> None:
        """Notes what a person has taken out of the queue without another score: the proposed points stand while they
        are proposed.
        """
        for verdict in reviewed(result, {}, self._of_earlier_work()).questions:
            grade = self.grades.get(verdict.question)
            if grade is None or verdict.outcome not in FOR_A_PERSON or grade.manual_score is not None:
                continue
            if not grade.needs_manual_grade and grade.auto_score == verdict.points:
                self._note(str(self.work), verdict.question, Decision(verdict.points, verdict.max, given=False))
            else:
                self._drop(str(self.work), verdict.question)

    def score(self, result: Result) -> None:
        """Enters the scores, and puts into the queue what waits for a person."""
        own, earlier = self.decided().get(str(self.work), {}), self._of_earlier_work()
        for verdict in result.questions:
            if grade := self.grades.get(verdict.question):
                grade.auto_score = float(verdict.points)
        for verdict in reviewed(result, own, earlier).questions:
            if grade := self.grades.get(verdict.question):
                grade.needs_manual_grade = verdict.outcome in FOR_A_PERSON
            if comment := self.comments.get(verdict.question):
                comment.auto_comment = proposal(verdict) if verdict.outcome in FOR_A_PERSON else None

    def _of_earlier_work(self) -> dict[str, Decision]:
        """What a person has decided of other hand-ins than the one that stands here."""
        others = (found for work, found in self.decided().items() if work != str(self.work))
        return {question: each for found in others for question, each in found.items()}

    def _note(self, work: str, question: str, decision: Decision) -> None:
        self._drop(work, question)
        self.db.execute(
            insert(DECIDED).values(
                **self.who,
                work=work,
                question=question,
                points=decision.points,
                max=decision.max,
                comment=decision.comment,
                given=decision.given,
            )
        )

    def _drop(self, work: str, question: str) -> None:
        self.db.execute(delete(DECIDED).where(*_are(DECIDED, {**self.who, "work": work, "question": question})))


def proposal(verdict: Verdict) -> str:
    """What a person reads beside an answer that waits: the proposed points, why it waits, and what they rest on."""
    found = [idea for check in verdict.checks for idea in check.found]
    words = [word for check in verdict.checks for word in check.words]
    rests = f" Found: {', '.join(found)}, in the words: {' '.join(words)}." if found and words else ""
    return f"Proposed: {verdict.points:g} of {verdict.max:g}. {verdict.reason}{rests}".strip()


def _are(table: Table, values: Mapping[str, str]) -> list[Any]:
    return [table.c[name] == value for name, value in values.items()]


def _decision(row: Any) -> Decision:
    return Decision(row.points, row.max, row.comment, bool(row.given))


def _again(gradebook: Any, work: Callable[[], Any]) -> Any:
    """Work on the gradebook, done once more where another run came between."""
    from nbgrader.api import InvalidEntry

    for left in reversed(range(TRIES)):
        try:
            return work()
        except (InvalidEntry, IntegrityError):
            gradebook.db.rollback()
            if not left:
                raise
        except SQLAlchemyError:
            gradebook.db.rollback()
            raise
    raise AssertionError("the last try returns or raises")
