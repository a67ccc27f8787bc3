"""A topic's text as the cells of its notebook, and back: what the build fills in, `texts_of` takes out again.

`topic.md` opens the notebook; one `question.md` a question follows, in the order of `topic.toml`. Jupytext parses the
Markdown, where `python answer` opens a solution cell and `python tests points=4` a test cell. Nothing is executed or
written here.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jupytext
from nbformat.v4 import new_code_cell, new_notebook

from groundschool.authoring import regions
from groundschool.course import TESTS, Marking, Misstated, Question, Topic
from groundschool.course.question import TEXT, TITLE, front_and_body

FORMAT = "md:markdown"
OPENING = "topic.md"
ID = re.compile(r"[a-z][a-z0-9_]*")
TOTALS = "{totals}"  # in the opening: how many questions, points and minutes the notebook holds
RUN = "checks.run({})"  # below a query's tests: its rows over the sample, beside those expected
END, SUMMARY = "end", "checks.summary()"  # the cell that closes a notebook
GOES_ON = "raises-exception"  # the tag of a test cell: a question that fails does not keep the next from being run
MARKS = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}

Texts = Mapping[str, str]  # of a topic, by the path below its folder


def read(topic: Topic) -> dict[str, str]:
    """The topic's text as it stands on disk. Raises Misstated."""
    if not topic.opening.is_file():
        raise Misstated(f"{topic.opening} is missing; it holds the opening of the notebook and its setup cell.")
    return {OPENING: topic.opening.read_text(encoding="utf-8")} | {_name(each): each.text for each in topic.questions}


def cells_of(topic: Topic, texts: Texts) -> list[Any]:
    """The notebook's cells, named by question and place. Raises Misstated."""
    _expect_all_named(topic)
    cells = []
    for question in topic.questions:
        cells += _question_cells(question, texts[_name(question)], is_sql="duckdb" in topic.manifest.engines)
    opening = _parsed(texts[OPENING])
    for cell in opening:
        cell.source = cell.source.replace(TOTALS, str(held(topic, texts)))
    return [*_named(opening, "topic"), *cells, *_named([new_code_cell(SUMMARY)], END)]


def texts_of(topic: Topic, cells: Sequence[Any]) -> dict[str, str]:
    """The text that gives these cells. Raises Misstated when an edit of theirs has no place in it."""
    parts = _parts(topic, [copy.deepcopy(cell) for cell in cells if not _is_ours(topic, cell)])
    texts = {_name(each): _question_text(each, parts[each.id]) for each in topic.questions}
    for cell in parts[""]:
        cell.source = cell.source.replace(str(held(topic, texts)), TOTALS)
    texts[OPENING] = _written(parts[""])
    for old, new in zip(cells, cells_of(topic, texts), strict=False):
        if (old.cell_type, old.source) != (new.cell_type, new.source):
            raise Misstated(
                f"The notebook's cell {old.id!r} was changed where the build writes it: the order of questions "
                "stands in "
                "topic.toml, level, minutes and points in the question's text, its id is the name of its folder."
            )
    return texts


@dataclass(frozen=True)
class Held:
    """What a topic holds altogether."""

    questions: int
    points: float
    minutes: int

    def __str__(self) -> str:
        plural = "s" * (self.questions != 1)
        return f"{self.questions} question{plural}, {self.points:g} points, about {self.minutes} minutes"


def held(topic: Topic, texts: Texts, only: Collection[str] = ()) -> Held:
    """The totals of a topic's questions, or of `only` some. Raises Misstated."""
    questions = [each for each in topic.questions if not only or each.id in only]
    read_ = [front_and_body(each.path, texts[_name(each)]) for each in questions]
    points = sum(_points(cell) for _, body in read_ for cell in _parsed(body))
    return Held(len(read_), points, sum(front.minutes for front, _ in read_))


def _is_ours(topic: Topic, cell: Any) -> bool:
    """Whether the build adds this cell to what the text holds."""
    return cell.source in (SUMMARY, *(RUN.format(each) for each in topic.manifest.questions))


def _question_cells(question: Question, text: str, *, is_sql: bool) -> list[Any]:
    front, body = front_and_body(question.path, text)
    cells = _parsed(body)
    points = sum(map(_points, cells))
    line = f"*{front.level.capitalize()}, {points:g} points, about {front.minutes} minutes.*"
    cells[0].source = TITLE.sub(lambda title: f"{title.group(0)}\n{line}\n", f"{cells[0].source}\n", count=1).rstrip(
        "\n"
    )
    tests = [cell for cell in cells if "tests" in cell.metadata]
    if not any("answer" in cell.metadata for cell in cells) or ["points" in cell.metadata for cell in tests] != [True]:
        raise Misstated(f"{question.path} needs a cell opened by `python answer` and one by `python tests points=…`.")
    for cell in cells:
        if "answer" in cell.metadata:
            regions.expect_solution(question.path, cell.source)
        _mark(question, cell)
    regions.expect_hidden_tests(question.path, tests[0].source)
    return _named([*cells, *([new_code_cell(RUN.format(question.id))] if is_sql else [])], question.id)


def _expect_all_named(topic: Topic) -> None:
    """Raises Misstated for an id that cannot be a name, and for a question's folder that the topic does not name."""
    named = set(topic.manifest.questions)
    for name in sorted({path.parent.name for path in topic.folder.glob(f"questions/*/{TEXT}")} - named):
        raise Misstated(
            f"{topic.folder / 'questions' / name} is not named in topic.toml. Put {name!r} into `questions` there, at "
            "its place in the notebook, or take the folder out."
        )
    for name in sorted(named):
        if not ID.fullmatch(name):
            raise Misstated(f"{topic.folder}: the id {name!r} was found; letters a to z, digits and `_` were expected.")


def _mark(question: Question, cell: Any) -> None:
    """Turns a short fence into nbgrader's metadata, whose keys stand in the order in which the notebook stores them."""
    known = dict(cell.metadata)
    cell.metadata = {"tags": known["tags"]} if known.get("tags") else {}
    if "answer" in known:
        name = f"{question.id}_{known['part']}" if "part" in known else question.id
        cell.metadata["nbgrader"] = dict(sorted({**MARKS, "grade_id": name, "solution": True}.items()))
    elif "tests" in known:
        marks = {**MARKS, "grade": True, "grade_id": question.id + TESTS, "locked": True, "points": known["points"]}
        cell.metadata["nbgrader"] = dict(sorted(marks.items()))
        cell.metadata["tags"] = [*cell.metadata.get("tags", ()), GOES_ON]
        cell.source = _filled(question, cell.source, known["points"])


def _filled(question: Question, source: str, points: float) -> str:
    """`checks.question(answer` with the question's id before and its points after the answer."""
    start, end = _answer_in(question, source)
    return f'{source[:start]}"{question.id}", {source[start:end]}, points={points:g}{source[end:]}'


def _answer_in(question: Question, source: str) -> tuple[int, int]:
    """Where the answer stands in a test cell's `checks.question(answer)`, which is its first line."""
    first = source.split("\n", 1)[0]
    found = re.match(r"t = checks\.question\(", first)
    call = _call(source) if found else None
    if call is None or not call.args or call.args[-1].end_col_offset is None:
        raise Misstated(
            f"{question.path}: {first!r} opens the tests; `t = checks.question({question.id})` was expected."
        )
    lines = source.splitlines(keepends=True)
    last = call.args[-1]
    before = sum(map(len, lines[: (last.end_lineno or 1) - 1]))
    return found.end() if found else 0, before + len(
        lines[(last.end_lineno or 1) - 1].encode()[: last.end_col_offset].decode()
    )


def _call(source: str) -> ast.Call | None:
    try:
        statement = ast.parse(source).body[0]
    except (SyntaxError, IndexError):
        return None
    value = statement.value if isinstance(statement, ast.Assign) else None
    return value if isinstance(value, ast.Call) else None


def _question_text(question: Question, cells: list[Any]) -> str:
    front = question.text[: len(question.text) - len(front_and_body(question.path, question.text)[1])]
    if not any(Marking.of(cell).is_test for cell in cells):
        raise Misstated(f"The notebook holds no tests of {question.id!r}. A question is taken out in topic.toml.")
    for cell in cells:
        _unmark(question, cell)
    cells[0].source = re.sub(
        r"^(## .*\n)\n\*\w+, [\d.]+ points, about \d+ minutes\.\*\n", r"\1", cells[0].source, count=1
    )
    return front + _written(cells)


def _unmark(question: Question, cell: Any) -> None:
    marking, tags = Marking.of(cell), [tag for tag in cell.metadata.get("tags", ()) if tag != GOES_ON]
    cell.metadata = {"tags": tags} if tags else {}
    if marking.is_answer:
        part = marking.grade_id.removeprefix(question.id).removeprefix("_")
        cell.metadata |= {"answer": None, **({"part": part} if part else {})}
    elif marking.is_test:
        cell.metadata |= {
            "tests": None,
            "points": int(marking.points) if marking.points.is_integer() else marking.points,
        }
        cell.source = cell.source.replace(f'checks.question("{question.id}", ', "checks.question(", 1)
        _, end = _answer_in(question, cell.source)
        cell.source = cell.source[:end] + re.sub(r"\A, points=[\d.]+", "", cell.source[end:])


def _parts(topic: Topic, cells: Sequence[Any]) -> dict[str, list[Any]]:
    """The cells by question, "" for the opening. A cell that is new belongs to the part above, behind a test cell to
    the one below.
    """
    parts: dict[str, list[Any]] = {"": [], **{each: [] for each in topic.manifest.questions}}
    part, loose = "", list[Any]()
    for cell in cells:
        known = _part_of(topic, cell)
        if known is None and part and parts[part] and Marking.of(parts[part][-1]).is_test:
            loose.append(cell)
            continue
        part = part if known is None else known
        parts[part] += [*loose, cell]
        loose = []
    parts[part] += loose
    return parts


def _part_of(topic: Topic, cell: Any) -> str | None:
    """The question a cell was built for, "" for the opening, None for a new cell."""
    name = Marking.of(cell).grade_id or re.sub(r"-\d+$", "", cell.get("id", ""))
    if name == "topic":
        return ""
    owners = [each for each in topic.manifest.questions if name == each or name.startswith(f"{each}_")]
    return max(owners, key=len, default=None)


def _named(cells: list[Any], part: str) -> list[Any]:
    """A cell with a grade id is called by it; any other by its place in its part."""
    for place, cell in enumerate(cells, 1):
        cell.id = (Marking.of(cell).grade_id or f"{part}-{place}")[:64]
    return cells


def _parsed(text: str) -> list[Any]:
    return list(jupytext.reads(text, fmt=FORMAT).cells)


def _written(cells: list[Any]) -> str:
    filters = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "all"}
    return str(jupytext.writes(new_notebook(cells=cells, metadata={"jupytext": filters}), fmt=FORMAT))


def _points(cell: Any) -> float:
    return float(cell.metadata.get("points", 0))


def _name(question: Question) -> str:
    return f"questions/{question.id}/{TEXT}"
