"""The scores of a cohort as other systems take them in: a line a candidate, a column a topic, and totals.

Each form is what its platform documents and its importer reads. Answers that still wait for a person stand with the
proposed points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from groundschool.reports.cohort import Cohort, Person, one_line
from groundschool.reports.page import percent, points_text
from groundschool.reports.scores import write_table
from groundschool.reports.titles import Titles
from groundschool.safe import clean_cell

Line = list[str]


def export(form: str, cohort: Cohort, titles: Titles, path: Path) -> Path:
    """Writes the scores in one of `FORMS` to a file. Raises OSError, and KeyError for another form."""
    topics = titles.in_order(cohort.maxima)
    head, *lines = FORMS[form](cohort, titles, topics)
    people = sorted(cohort.people, key=lambda person: person.called)
    return write_table(
        path, head, [*lines, *(_row(form, cohort, person, topics) for person in people)], mark=form == "csv"
    )


def _canvas(cohort: Cohort, titles: Titles, topics: Sequence[str]) -> list[Line]:
    """Canvas reads `Student, ID, …, Section`, then an assignment a column, and the points possible from the second
    line; it ignores the two columns of totals, which it makes itself.
    """
    student = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    maxima = [points_text(cohort.maxima[topic]) for topic in topics]
    return [
        [*student, *(one_line(titles.topic(topic)) for topic in topics), "Final Points", "Final Score"],
        ["    Points Possible", "", "", "", "", *maxima, "(read only)", "(read only)"],
    ]


def _moodle(cohort: Cohort, titles: Titles, topics: Sequence[str]) -> list[Line]:
    """Moodle asks by which column users are known and what each other column is; `-` is no grade."""
    return [
        ["Username", "ID number", "Full name", *(one_line(titles.topic(topic)) for topic in topics), "Course total"]
    ]


def _csv(cohort: Cohort, titles: Titles, topics: Sequence[str]) -> list[Line]:
    """A line a candidate, for spreadsheets."""
    return [["candidate", "name", *topics, "total", "max", "percent", "waiting"]]


FORMS: dict[str, Callable[[Cohort, Titles, Sequence[str]], list[Line]]] = {
    "canvas": _canvas,
    "moodle": _moodle,
    "csv": _csv,
}


def _row(form: str, cohort: Cohort, person: Person, topics: Sequence[str]) -> Line:
    first = next(iter(person.all))
    candidate, name = clean_cell(first.candidate), clean_cell(first.name)
    absent, total = "-" if form == "moodle" else "", points_text(person.score)
    maximum = sum(cohort.maxima.values())
    share = points_text(percent(person.score, maximum))
    points = [points_text(person.papers[topic].score) if topic in person.papers else absent for topic in topics]
    match form:
        case "canvas":
            return [name, "", "", candidate, "", *points, total, share]
        case "moodle":
            return [candidate, candidate, name, *points, total]
        case _:
            return [candidate, name, *points, total, points_text(maximum), share, str(person.waiting)]
