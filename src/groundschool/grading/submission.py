"""Grades one staged submission: a pure function of the submission, the instructor's notebook and the seed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from groundschool import fixtures
from groundschool.checks.verdict import Result, Verdict
from groundschool.course import Notebook
from groundschool.grading.handin.stage import Staged
from groundschool.grading.session.conversation import Session
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.notebook import assemble, cells_of


@dataclass(frozen=True)
class Graded:
    """A result and the notebook it belongs to, with outputs and scores."""

    result: Result
    notebook: NotebookNode


def grade(engine: Engine, instructor: Notebook, staged: Staged, knowledge: Knowledge, who: tuple[str, str],
          submission: NotebookNode | None = None) -> Graded:  # fmt: skip
    """Runs and examines a staged submission of `who`: candidate and topic. `submission` replaces the staged notebook's cells."""
    submission = submission or nbformat.read(staged.notebook, as_version=4)
    cells = cells_of(submission, instructor)
    practice = knowledge.seed == fixtures.PRACTICE_SEED
    attempted = {test.id: staged.attempted.get(test.question, True) for test in instructor.tests}
    if not any(attempted.values()):
        verdicts = _blank(instructor) if staged.readable else _unread(instructor, staged.flags)
        verdicts = _queued(verdicts, staged.elsewhere)
        return _assembled(submission, instructor, {}, Result(*who, engine.isolation, staged.flags, verdicts, practice))
    with Session(engine, instructor, cells, knowledge, files=staged.notebook.parent) as session:
        verdicts = _queued((found.verdict for found in session.run(attempted)), staged.elsewhere)
        flags = (*staged.flags, *session.candidate.flags)
        ran = dict(session.candidate.ran)
    return _assembled(submission, instructor, ran, Result(*who, engine.isolation, flags, verdicts, practice))


def _blank(instructor: Notebook) -> tuple[Verdict, ...]:
    return tuple(Verdict(test.question, 0.0, test.points, "not_attempted") for test in instructor.tests)


def _unread(instructor: Notebook, flags: Sequence[str]) -> tuple[Verdict, ...]:
    """Something was handed in that nothing here can read; a person may be able to."""
    reason = f"No notebook of the submission could be read. {' '.join(flags)}"[:1000]
    return tuple(Verdict(test.question, 0.0, test.points, "needs_person", reason=reason) for test in instructor.tests)


def _queued(verdicts: Iterable[Verdict], elsewhere: Mapping[str, str]) -> tuple[Verdict, ...]:
    """A question without an answer goes to a person where what may be one was found in another place."""
    return tuple(
        verdict.with_points(0.0, "needs_person", elsewhere[verdict.question])
        if verdict.outcome == "not_attempted" and verdict.question in elsewhere
        else verdict
        for verdict in verdicts
    )


def _assembled(submission: NotebookNode, instructor: Notebook, ran: Any, result: Result) -> Graded:
    return Graded(result, assemble(submission, instructor, ran, result))


def keep(path: Path, graded: Graded) -> None:
    """Writes a graded submission by atomic rename: the file exists, or it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.{id(graded)}")
    fresh.write_text(json.dumps({"result": graded.result.to_json(), "notebook": graded.notebook}), encoding="utf-8")
    fresh.replace(path)


def kept(path: Path) -> Graded | None:
    """What `keep` wrote; None when it is missing or from another version."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return Graded(Result.from_json(body["result"]), nbformat.from_dict(body["notebook"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
