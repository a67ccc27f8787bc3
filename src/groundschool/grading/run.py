"""What surrounds a batch: the engine it may use, and the pages written afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from groundschool.checks.verdict import Result
from groundschool.course import Course
from groundschool.errors import GroundSchoolError
from groundschool.grading.batch import Batch
from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine
from groundschool.grading.submission import Graded
from groundschool.reports.feedback import candidate_page, instructor_page
from groundschool.reports.summary import write_csv, write_pages, write_summary

log = logging.getLogger(__name__)


@contextmanager
def engine(course: Course, source: Path, *, trust: bool, warn: Callable[[str], None]) -> Iterator[Engine]:
    """The warm engine of a run. Raises GroundSchoolError where no box can be made, unless the submissions are trusted.

    The course's own examples are graded anywhere: they are no stranger's.
    """
    reason = None if trust else probe.probe()
    ours = source.resolve() == (course.root / "examples" / "submitted").resolve()
    if reason and not ours:
        raise GroundSchoolError(
            f"Submissions are not graded without a sandbox: {reason} `--trust` runs them unprotected and writes so into every result."
        )
    if reason:
        warn(f"No sandbox here: {reason} The course's own examples are graded without one.")
    with Engine("none" if trust or reason else "sandbox", course.root / "data") as made:
        yield made


def write_reports(course: Course, done: Batch) -> Path:
    """Writes the summary, a CSV file, the instructor's page and the candidate's page of every submission; returns the summary."""
    folder = course.root / "reports"
    folder.mkdir(exist_ok=True)
    pages = [
        page for item, result in zip(done.graded, done.results, strict=True) if (page := _pages(course, item, result))
    ]
    write_pages(pages, folder)
    write_csv(done.results, folder / "scores.csv")
    return write_summary(done.results, folder)


def _pages(course: Course, item: Graded, result: Result) -> tuple[Result, str] | None:
    """Writes the candidate's page and returns the instructor's; a submission whose pages cannot be made costs no other its own."""
    if not result.questions:
        return None
    topic = course.topic(result.topic)
    try:
        page = candidate_page(result, item.notebook, nbformat.read(topic.released, as_version=4))
        feedback = course.root / "feedback" / result.candidate / result.topic
        feedback.mkdir(parents=True, exist_ok=True)
        (feedback / f"{result.topic}.html").write_text(page, encoding="utf-8")
        return result, instructor_page(result, item.notebook, nbformat.read(topic.path, as_version=4))
    except Exception:
        log.exception("The pages of %s could not be written", result.candidate)
        return None


def graded_before(course: Course) -> Batch:
    """The submissions in `autograded/`. Raises GroundSchoolError when there are none."""
    graded = []
    for path in sorted((course.root / "autograded").glob("*/*/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if "groundschool" in notebook.metadata:
            graded.append(Graded(Result.from_json(notebook.metadata["groundschool"]), notebook))
    if not graded:
        raise GroundSchoolError(
            "autograded/ holds no graded notebook. Grade first: `groundschool grade examples/submitted`."
        )
    return Batch(tuple(graded), tuple(item.result for item in graded))
