"""What people look at, written from results and persons' decisions: gradebook, executed notebooks, pages, tables.

Each view is written on its own: one that cannot be costs no other, is told in a sentence, and is written by the same
command the next time. A view shows all results that there are, not only those of this run. What a page looks like is
`reports`'.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import nbformat
from nbformat import NotebookNode

from groundschool.checks.verdict import Result
from groundschool.course import Course, Topic
from groundschool.errors import GroundSchoolError
from groundschool.grading.plugin import entered, failure, gradebook
from groundschool.grading.rehearsal.store import digest
from groundschool.grading.submission import package
from groundschool.grading.unchanged import Unchanged
from groundschool.reports import beside, write
from groundschool.reports.cells import sources
from groundschool.reports.cohort import Cohort, Paper
from groundschool.reports.export import FORMS
from groundschool.reports.export import export as write_export
from groundschool.reports.paths import page_path
from groundschool.reports.queue import write_queue
from groundschool.reports.scores import write_csv
from groundschool.reports.summary import write_summary
from groundschool.reports.titles import Titles
from groundschool.results import Decisions, HandIn, Results, Shown, earlier, named, reviewed, write_whole

log = logging.getLogger(__name__)
FOLDERS = ("autograded", "feedback", "reports")
SHARE_FOR_TABLES = 20  # while grading, tables over all results take one part in so many of the time


class TargetRefused(GroundSchoolError):
    """Something that grading is to write cannot be written; told before anything is graded."""


class Views(Sequence[Shown]):
    """The views of a course; as a sequence, all results that there are. A context manager."""

    def __init__(self, course: Course, results: Results, database: str = "") -> None:
        self.course, self.results = course, results
        self.url = database or f"sqlite:///{course.written / 'gradebook.db'}"
        self.failed: dict[str, str] = {}  # what could not be written, and why
        self.reviews: dict[tuple[str, str, str], Decisions] = {}
        self._stack = ExitStack()
        self._book: Any = None
        self._waiting: list[HandIn] = []  # for the gradebook
        self.summary = course.written / "reports" / "summary.html"
        self._next_tables = 0.0
        self._listed: list[HandIn] | None = None
        self._by_topic: dict[tuple[str, str], list[HandIn]] = {}
        self._unchanged: Unchanged | None = None  # looked at when all is written again
        self._standing: entered.Standing = {}

    def __enter__(self) -> Views:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def open(self, topics: Sequence[Topic], json_file: Path | None = None) -> None:
        """Tries every target. Raises TargetRefused or GradebookRefused, in one sentence, before anything is graded."""
        for name in FOLDERS:
            _try_folder(self.course.written / name)
        if json_file:
            _try_file(json_file)
        self._book = self._stack.enter_context(gradebook.opened(self.url, self.course.root.name))
        gradebook.register(self._book, self.url, topics)
        self.reviews |= gradebook.decisions(self._book)

    # -- one hand-in

    def show(self, hand_in: HandIn, notebook: NotebookNode | None = None) -> None:
        """Writes all views of a hand-in that has just been graded or looked at again."""
        self._listed = None
        others = self.results.hand_ins_of(hand_in.candidate, hand_in.topic)
        newest = not others or others[0].work == hand_in.work
        if newest:
            self._enter(hand_in)
        shown = self.shown(hand_in, others)
        if shown and shown.result.questions and not self._is_there(hand_in, shown):
            notebook = notebook or self.results.notebook(hand_in.key)
            self._write(hand_in, shown, notebook)
        if newest:
            for each in others[1:]:
                self._write_older(each, others)

    def decide(self, hand_in: HandIn, chosen: Decisions) -> None:
        """Enters what a person chose for a hand-in, and writes its views. Raises GroundSchoolError."""
        self._enter(hand_in)  # a gradebook that has just been made does not hold it yet
        gradebook.decide(self._book, hand_in, chosen)
        self.show(hand_in)

    def shown(self, hand_in: HandIn, others: Sequence[HandIn] | None = None) -> Shown | None:
        """A hand-in's result as people see it; None when it has none."""
        result = self.results.load(hand_in.key)
        if result is None:
            return None
        if others is None:
            others = self.results.hand_ins_of(hand_in.candidate, hand_in.topic)
        own = self.reviews.get((hand_in.candidate, hand_in.topic, hand_in.work), {})
        newest = not others or others[0].work == hand_in.work
        found = reviewed(named(result, hand_in), own, earlier(self.reviews, others, hand_in))
        return Shown(found, hand_in.work, newest)

    def _enter(self, hand_in: HandIn) -> None:
        """Writes into the gradebook; once it has failed, waits for the end of the run."""
        if hand_in.topic not in self._topics or self._book is None:
            return
        if "the gradebook" in self.failed:
            self._waiting.append(hand_in)
            return
        result = self.results.load(hand_in.key)
        if result and self._stands(hand_in, result):
            return

        def enter() -> None:
            if result:
                self.reviews |= gradebook.show(self._book, hand_in, named(result, hand_in))

        if not self._try("the gradebook", enter):
            self._waiting.append(hand_in)

    def _write(self, hand_in: HandIn, shown: Shown, notebook: NotebookNode | None) -> None:
        topic = self._topics.get(hand_in.topic)
        if topic is None:
            return
        if shown.newest and notebook is not None:
            self._try("autograded/", lambda: self._write_notebook(hand_in, notebook))
            self._try("feedback/", lambda: write.candidates(topic, shown, notebook, self.course.written / "feedback"))
        self._try("reports/", lambda: write.instructors(topic, shown, notebook, self.course.written / "reports"))

    def skip_what_stands(self) -> None:
        """From now on writes neither pages nor scores that are there as they would be written."""
        self._unchanged = Unchanged(self.results.folder / "pages.json")
        self._standing = entered.standing(self._book)

    def _stands(self, hand_in: HandIn, result: Result) -> bool:
        standing = self._standing.get((hand_in.candidate, hand_in.topic))
        shown = self.shown(hand_in) if standing else None
        return shown is not None and standing == entered.expected(hand_in, result, shown.result)

    def _is_there(self, hand_in: HandIn, shown: Shown) -> bool:
        topic = self._topics.get(hand_in.topic)
        if self._unchanged is None or topic is None:
            return False
        notebook = self.results.folder / "results" / hand_in.key / "notebook.ipynb"
        files = (topic.path, topic.released, notebook, *topic.folder.glob("questions/*/rubric.yaml"))
        times = [path.stat().st_mtime_ns if path.is_file() else 0 for path in files]
        made_of = digest(repr(shown.result), hand_in.key, package(), *map(str, times))
        written = self.course.written
        paths = [written / "reports" / page_path(shown)]
        if shown.newest:
            below = Path(hand_in.candidate, hand_in.topic, hand_in.topic)
            paths += [written / "autograded" / f"{below}.ipynb", written / "feedback" / f"{below}.html"]
        self._unchanged.note(paths, made_of)
        return self._unchanged.holds(paths, made_of)

    def _write_older(self, hand_in: HandIn, others: Sequence[HandIn]) -> None:
        """The page of a hand-in that a newer one has taken the place of."""
        shown = self.shown(hand_in, others)
        if shown and shown.result.questions and not write.has_page(shown, self.course.written / "reports"):
            self._write(hand_in, shown, self.results.notebook(hand_in.key))

    def _write_notebook(self, hand_in: HandIn, notebook: NotebookNode) -> None:
        """Leaves the executed notebook where nbgrader looks for it; it says which result it shows."""
        path = self.course.written / "autograded" / hand_in.candidate / hand_in.topic / f"{hand_in.topic}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        result = Result.from_json(notebook.metadata["groundschool"])
        noted = {**named(result, hand_in).to_json(), "key": hand_in.key, "work": hand_in.work}
        notebook.metadata["groundschool"] = noted
        write_whole(path, nbformat.writes(notebook) + "\n")

    # -- all results

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, place: int) -> Shown: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Shown]: ...
    def __getitem__(self, place: int | slice) -> Shown | Sequence[Shown]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        return self.of(self._all[place])

    def of(self, hand_in: HandIn) -> Shown:
        """A hand-in's result as people see it; one without questions where there is none."""
        same = self._by_topic.get((hand_in.candidate, hand_in.topic), [hand_in])
        nothing = Shown(Result(hand_in.candidate, hand_in.topic, "none", hand_in.flags, ()), hand_in.work)
        return self.shown(hand_in, same) or nothing

    def tables(self, *, at_once: bool = True) -> None:
        """Writes the summary and the CSV file over all results, or not yet where that would take too much of the
        time.
        """
        folder, begun = self.summary.parent, time.monotonic()
        if at_once or begun >= self._next_tables:
            self._listed = None
            cohort = self.cohort
            self._try("reports/summary.html", lambda: write_summary(cohort, self._titles, folder))
            self._try("reports/scores.csv", lambda: write_csv(cohort, folder / "scores.csv"))
            if at_once:
                self._try("reports/queue.html", lambda: write_queue(cohort, self._titles, self._cells, folder))
                self._try("reports/candidates/", lambda: beside.link(cohort, self._titles, folder))
            now = time.monotonic()
            self._next_tables = now + SHARE_FOR_TABLES * (now - begun)

    def finish(self, hand_ins: Sequence[HandIn], json_file: Path | None = None) -> None:
        """Writes what is over many hand-ins, and what had to wait. The JSON holds `hand_ins` only."""
        waiting, self._waiting = self._waiting, []
        if waiting and self._try("the gradebook", lambda: self._enter_all(waiting)):
            del self.failed["the gradebook"]
        self.tables()
        if self._unchanged and not self.failed:
            self._try("pages.json", self._unchanged.save)
        if json_file:
            self._try(str(json_file), lambda: self._write_json(hand_ins, json_file))

    def _enter_all(self, hand_ins: Sequence[HandIn]) -> None:
        for hand_in in hand_ins:
            if result := self.results.load(hand_in.key):
                self.reviews |= gradebook.show(self._book, hand_in, named(result, hand_in))

    def _write_json(self, hand_ins: Sequence[HandIn], path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write('{"submissions": [')
            for number, hand_in in enumerate(hand_ins):
                text = json.dumps(self.of(hand_in).result.to_contract(), indent=2)
                file.write(f"{',' if number else ''}\n{text}")
            file.write("\n]}\n")

    @property
    def _all(self) -> list[HandIn]:
        if self._listed is None:
            self._listed = self.results.hand_ins()
            self._by_topic = defaultdict(list)
            for each in self._listed:
                self._by_topic[each.candidate, each.topic].append(each)
        return self._listed

    @cached_property
    def _topics(self) -> dict[str, Topic]:
        return {topic.name: topic for topic in self.course.topics}

    def _cells(self, paper: Paper) -> dict[str, str]:
        """The cells of a hand-in by grade id."""
        key = next(each.key for each in self._by_topic[paper.candidate, paper.topic] if each.work == paper.work)
        return sources(self.results.notebook(key))

    @property
    def cohort(self) -> Cohort:
        """All results in little."""
        return Cohort.of(self)

    @cached_property
    def _titles(self) -> Titles:
        return Titles.of(self.course.topics)

    def _try(self, what: str, work: Callable[[], object]) -> bool:
        """Does one view's work; what goes wrong with it is told at the end and stops nothing else."""
        try:
            work()
        except Exception as error:
            log.debug("%s could not be written", what, exc_info=True)
            self.failed.setdefault(what, failure.reason(error))
            return False
        return True


def rewrite(course: Course, database: str = "") -> Views:
    """Writes all views of all results again, with what people have decided since. Raises GroundSchoolError when there
    are none.
    """
    results, hand_ins = _graded(course)
    names = {each.topic for each in hand_ins}
    with Views(course, results, database) as views:
        views.open([topic for topic in course.topics if topic.name in names and topic.path.is_file()])
        views.skip_what_stands()
        for each in hand_ins:
            views.show(each)
        views.finish(hand_ins)
    return views


def export(course: Course, form: str, path: Path | None, database: str = "") -> Path:
    """Writes the scores of all results, with what people have decided, for another system; returns the file. Raises
    GroundSchoolError.
    """
    if form not in FORMS:
        raise GroundSchoolError(f"{form!r} is no form of export; there are {', '.join(FORMS)}.")
    results, _ = _graded(course)
    target = path or course.written / "reports" / f"scores-{form}.csv"
    _try_file(target)
    with Views(course, results, database) as views:
        views.open(())
        return write_export(form, views.cohort, Titles.of(course.topics), target)


def _graded(course: Course) -> tuple[Results, list[HandIn]]:
    results = Results(course.written)
    hand_ins = results.hand_ins()
    if not hand_ins:
        raise GroundSchoolError(
            f"{results.folder} holds no result of grading. Grade first: `groundschool grade examples/submitted`."
        )
    return results, hand_ins


def read(course: Course, database: str = "") -> Views:
    """All results there are with what persons decided; nothing is written."""
    views = Views(course, Results(course.written), database)
    if database or (course.written / "gradebook.db").is_file():
        with gradebook.opened(views.url, course.root.name) as book:
            views.reviews |= gradebook.decisions(book)
    return views


def _try_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TargetRefused(
            f"{folder} cannot be written: {error.strerror or error}. Expected was a folder with room for pages. "
            "Nothing was graded."
        ) from None


def _try_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        was_there = path.exists()
        with path.open("ab"):
            pass
        if not was_there:
            path.unlink()
    except OSError as error:
        raise TargetRefused(
            f"{path} cannot be written: {error.strerror or error}. Expected was a file or the name of a new one. "
            "Nothing was graded."
        ) from None
