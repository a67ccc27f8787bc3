"""A question's rubric as a file: `rubric.yaml`, beside the question in a course's `source/`.

Says what may stand in it, and finds it from where a notebook runs. What the parts mean is told in `model.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from groundschool import data
from groundschool.checks.rubric import model
from groundschool.checks.rubric.examples import Example, examples
from groundschool.checks.rubric.model import Need, Rubric, When
from groundschool.checks.rubric.stems import stem
from groundschool.course import strict
from groundschool.course.manifest import MARKED, RUBRIC


class StatedNeed(strict.Stated, frozen=True):
    """What credit needs: `all` of some topics, `any` of them, or at `least` some `of` them; a part may be a need of its
    own.
    """

    all: tuple[str | StatedNeed, ...] = ()
    any: tuple[str | StatedNeed, ...] = ()
    least: int = 0
    of: tuple[str | StatedNeed, ...] = ()


class StatedIdea(strict.Stated, frozen=True):
    """An idea; `means` is it in one plain sentence, for whoever reads the rubric; `about` takes subjects separated by
    `|`.
    """

    topic: str
    says: tuple[str, ...] = ()
    means: str = ""
    about: str = ""
    when: When = "now"


class StatedRemark(strict.Stated, frozen=True):
    """A remark; `about` as with an idea."""

    signal: Literal["bonus", "strong", "outdated", "misconception", "cap"]
    topic: str
    says: tuple[str, ...]
    note: str = ""
    most: float = 1.0
    about: str = ""
    unless: tuple[str, ...] = ()
    when: When = "now"


class StatedPair(strict.Stated, frozen=True):
    """Two things that an answer must not exchange, each by every word that names it."""

    one: tuple[str, ...]
    other: tuple[str, ...]


class StatedAnswer(strict.Stated, frozen=True):
    """An answer that its author has marked, by the ideas that it `states`; what they need not earn, `credit` says."""

    states: tuple[str, ...]
    answer: str
    credit: float | None = None


class StatedRubric(strict.Stated, frozen=True):
    """A rubric as its file says it."""

    question: str
    about: tuple[str, ...]
    ideas: tuple[StatedIdea, ...]
    full: StatedNeed
    half: StatedNeed
    remarks: tuple[StatedRemark, ...] = ()
    source: str = ""
    checked: str = ""
    foreign: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    pairs: tuple[StatedPair, ...] = ()
    examples: tuple[StatedAnswer, ...] = ()


def load(where: str, text: str) -> Rubric:
    """The rubric that a text in YAML says; `where` names the text in errors. Raises Misstated."""
    return _rubric(where, _stated(where, text))


def examples_of(where: str, rubric: str, marked: str) -> tuple[Example, ...]:
    """The examples that a rubric's text holds, and those of the text of marked answers beside it. Raises Misstated."""
    said = _stated(where, rubric) if "\nexamples:" in rubric else None
    own = tuple(_example(where, said, each) for each in said.examples) if said else ()
    return (*own, *examples(f"The marked answers beside {where}", marked))


def _example(where: str, said: StatedRubric, stated: StatedAnswer) -> Example:
    known = {idea.topic for idea in said.ideas}
    if unknown := sorted(set(stated.states) - known):
        raise strict.Misstated(f"{where}: an example states {unknown}; the ideas are: {', '.join(sorted(known))}.")
    found = frozenset(stated.states)
    by_ideas = 1.0 if _need(where, said.full).met(found) else 0.5 if _need(where, said.half).met(found) else 0.0
    return Example(stated.answer, by_ideas if stated.credit is None else stated.credit, stated.states)


def _stated(where: str, text: str) -> StatedRubric:
    return strict.yaml(where, text, StatedRubric, (StatedIdea, StatedRemark, StatedNeed, StatedPair, StatedAnswer))


def _rubric(where: str, said: StatedRubric) -> Rubric:
    return Rubric(
        question=said.question,
        about=said.about,
        ideas=tuple(model.idea(each.topic, *each.says, about=each.about, when=each.when) for each in said.ideas),
        full=_need(where, said.full),
        half=_need(where, said.half),
        remarks=tuple(_remark(each) for each in said.remarks),
        source=said.source,
        checked=said.checked,
        foreign=said.foreign,
        given=said.given,
        pairs=tuple(_pair(where, each) for each in said.pairs),
    )


def _pair(where: str, said: StatedPair) -> model.Pair:
    sides = [frozenset(map(stem, names)) for names in (said.one, said.other)]
    several = [name for name in (*said.one, *said.other) if len(name.split()) != 1]
    if not all(sides) or sides[0] & sides[1] or several:
        raise strict.Misstated(
            f"{where}: a pair names two different things, `one` and `other`, each by single words; "
            f"{', '.join(said.one) or 'nothing'} and {', '.join(said.other) or 'nothing'} were found."
        )
    return model.Pair(said.one, said.other)


def text_of(question: str) -> str:
    """The rubric's text, from the course that the notebook runs in. Raises Misstated where there is none."""
    path = _found(question, RUBRIC)
    if path is None:
        raise strict.Misstated(
            f"The rubric of {question!r} was not found: source/<topic>/questions/{question}/{RUBRIC} was looked for "
            f"in and above {data.working_folders()[0]}. Short answers are scored inside their course."
        )
    return path.read_text(encoding="utf-8")


def marked_of(question: str) -> str:
    """The text of the answers that persons have marked, from the same course; empty where there is none."""
    path = _found(question, MARKED)
    return path.read_text(encoding="utf-8") if path else ""


def _found(question: str, file: str) -> Path | None:
    folders = (folder for start in data.working_folders() for folder in (start, *start.parents))
    paths = (path for folder in folders for path in sorted((folder / "source").glob(f"*/questions/{question}/{file}")))
    return next(paths, None)


def _need(where: str, said: StatedNeed) -> Need:
    ways = [(said.all, len(said.all)), (said.any, 1), (said.of, said.least)]
    given = [(parts, least) for parts, least in ways if parts]
    if len(given) != 1 or not 0 < given[0][1] <= len(given[0][0]):
        raise strict.Misstated(f"{where}: a need says one of `all`, `any`, or `least` and `of`; {said} was found.")
    parts, least = given[0]
    return Need(tuple(part if isinstance(part, str) else _need(where, part) for part in parts), least)


def _remark(said: StatedRemark) -> model.Remark:
    return model.remark(
        said.signal,
        said.topic,
        *said.says,
        note=said.note,
        most=said.most,
        about=said.about,
        unless=said.unless,
        when=said.when,
    )
