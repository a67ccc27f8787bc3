"""Feedback for two audiences from one result: the candidate's page and the instructor's.

The candidate's page takes the source of test cells from the released notebook, shows none of their outputs and no
`detail` of a check, so nothing hidden can reach it. Sanitising is left to `safe` and `cells`, layout to the templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from markupsafe import Markup
from nbformat.notebooknode import NotebookNode

from groundschool.checks.verdict import Check, Result, Verdict
from groundschool.course import TESTS, Role
from groundschool.course.code import ANSWER
from groundschool.reports import cells, prose
from groundschool.reports.beside import BEGIN, END
from groundschool.reports.cells import CellView
from groundschool.reports.conversation import MINUTES, FollowUps, budget, follow_ups, stood_in
from groundschool.reports.page import render
from groundschool.reports.tables import Table, counterexample_tables
from groundschool.solution import handed_in

TALK = 15  # minutes of a conversation about one topic
WORDS, FOUND = attrgetter("words"), attrgetter("found")


@dataclass(frozen=True)
class CheckView:
    """A check with its counterexample laid out."""

    check: Check
    given: tuple[Table, ...] = ()
    compared: tuple[Table, ...] = ()


@dataclass(frozen=True)
class ProseView:
    """An answer in words with what was found in it marked. `reference` and `rubric` are the instructor's only."""

    asked: str
    answer: Markup
    found: tuple[str, ...]
    reference: Markup | None = None
    rubric: str = ""


@dataclass(frozen=True)
class QuestionView:
    """A question on a page. `reference` is the instructor's answer and stays None on the candidate's page; an answer in
    words has a `prose`. `follow_ups` and `stood_in` are the instructor's only.
    """

    verdict: Verdict
    title: str
    checks: tuple[CheckView, ...]
    cells: tuple[CellView, ...]
    reference: Markup | None = None
    prose: ProseView | None = None
    follow_ups: FollowUps | None = None
    stood_in: str = ""


def candidate_page(result: Result, notebook: NotebookNode | None, released: NotebookNode) -> str:
    """The candidate's page, a standalone HTML file; `notebook` is the executed one, None when it could not be read.

    Its outputs must end before the first hidden input: everything the answer's process wrote later is the instructor's.
    """
    known = cells.sources(released)
    views = _views(notebook, lambda cell, plain: cells.candidate_view(cell, known, plain))
    questions = [_in_words(question, notebook, released) for question in _questions(result, views, released)]
    return _page("candidate", result, questions, views, cells.heading(released))


def instructor_page(
    result: Result, notebook: NotebookNode | None, source: NotebookNode, rubrics: Mapping[str, str] | None = None
) -> str:
    """The instructor's page: hidden tests, details, every output, the reference answers, the `rubrics` by question;
    sanitised all the same.
    """
    known = cells.sources(source)
    views = _views(notebook, lambda cell, plain: cells.instructor_view(cell, known, plain))
    questions = [
        _for_talking(_with_reference(_in_words(question, notebook, source), known, rubrics or {}), notebook, known)
        for question in _questions(result, views, source)
    ]
    return _page("instructor", result, questions, views, cells.heading(source))


def _in_words(question: QuestionView, notebook: NotebookNode | None, author: NotebookNode) -> QuestionView:
    """The question with its answer in words, where it asks for one and there is one."""
    name, checks = question.verdict.question, question.verdict.checks
    source = cells.sources(notebook).get(name, "")
    words, found = ([part for check in checks for part in parts(check)] for parts in (WORDS, FOUND))
    if not source or not (ANSWER.match(cells.sources(author).get(name, "")) or words or found):
        return question
    marked = prose.marked(prose.written(source), words)
    return replace(question, prose=ProseView(cells.asked(author).get(name, ""), marked, tuple(found)))


def _with_reference(question: QuestionView, known: Mapping[str, str], rubrics: Mapping[str, str]) -> QuestionView:
    name = question.verdict.question
    if name not in known:
        return question
    if question.prose is None:
        return replace(question, reference=cells.code_html(known[name]))
    reference = prose.marked(prose.written(handed_in(known[name])), ())
    return replace(question, prose=replace(question.prose, reference=reference, rubric=rubrics.get(name, "")))


def _for_talking(question: QuestionView, notebook: NotebookNode | None, known: Mapping[str, str]) -> QuestionView:
    name = question.verdict.question
    answer, reference = cells.sources(notebook).get(name, ""), known.get(name, "")
    asked = follow_ups(question.verdict, answer)
    return replace(question, follow_ups=asked, stood_in=stood_in(answer, handed_in(reference)) if asked else "")


def _views(notebook: NotebookNode | None, view: Callable[[Any, bool], CellView | None]) -> list[CellView]:
    views, left = [], cells.MOST_PARSED
    for cell in notebook.cells if notebook else ():
        left -= len(cell.source)
        views.append(view(cell, left < 0))
    return [shown for shown in views if shown is not None]


def _questions(result: Result, views: list[CellView], titled: NotebookNode) -> list[QuestionView]:
    titles = cells.titles(titled)
    groups = _by_question(views)
    return [
        QuestionView(
            verdict,
            titles.get(verdict.question + TESTS) or verdict.question.replace("_", " "),
            tuple(_check_view(check) for check in verdict.checks),
            tuple(groups.get(verdict.question, ())),
        )
        for verdict in result.questions
    ]


def _by_question(views: list[CellView]) -> dict[str, list[CellView]]:
    """A question's cells are the answer cells above its test cell, and that test cell."""
    groups: dict[str, list[CellView]] = {}
    answers: list[CellView] = []
    for view in views:
        if view.role == Role.SOLUTION:
            answers.append(view)
        elif view.grade_id.endswith(TESTS):
            groups[view.grade_id.removesuffix(TESTS)] = [*answers, view]
            answers = []
    return groups


def _check_view(check: Check) -> CheckView:
    if check.counterexample is None:
        return CheckView(check)
    given, compared = counterexample_tables(check.counterexample)
    return CheckView(check, tuple(given), tuple(compared))


def _page(audience: str, result: Result, questions: list[QuestionView], views: list[CellView], heading: str) -> str:
    numbers = {question.verdict.question: number for number, question in enumerate(questions, 1)}
    placed = {id(view): number for number, question in enumerate(questions, 1) for view in question.cells}
    return render(
        "feedback.html.j2",
        audience=audience,
        heading=heading,
        result=result,
        questions=questions,
        cells=[(view, placed.get(id(view))) for view in views],
        signals=_grouped((signal, each) for each in questions for signal in each.verdict.signals),
        mistakes=_grouped((item.check.mistake, each) for each in questions for item in each.checks),
        first=_first(result, questions),
        minutes=(TALK, MINUTES),
        numbers=numbers,
        beside=(Markup(BEGIN), Markup(END)),
    )


def _grouped(named: Iterable[tuple[str, QuestionView]]) -> dict[str, list[QuestionView]]:
    """The questions by what was found in them, each once; without what has no name."""
    found: dict[str, dict[str, QuestionView]] = {}
    for name, question in named:
        if name:
            found.setdefault(name, {})[question.verdict.question] = question
    return {name: list(questions.values()) for name, questions in found.items()}


def _first(result: Result, questions: list[QuestionView]) -> list[QuestionView]:
    """What to talk about first."""
    known = {each.verdict.question: each for each in questions if each.follow_ups}
    wanted = budget([verdict for verdict in result.questions if verdict.question in known], TALK)
    return [known[name] for name in wanted]
