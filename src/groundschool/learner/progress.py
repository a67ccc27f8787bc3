"""How far a learner is: each question with what the last check found, as long as its answer is still the one checked.

What was found is kept in `work/.groundschool/checked.json`. Checking is `grading`'s.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from groundschool.course import Course, NotACourse, find
from groundschool.learner.work import Asked, Work, path_of, topics, work_of
from groundschool.results import write_whole

KEPT = Path("work", ".groundschool", "checked.json")
NOT_BEGUN, ANSWERED, CHANGED = "not begun", "answered, not checked", "changed since it was checked"


@dataclass(frozen=True)
class Checked:
    """What a check found of one answer, by the answer's digest; `hidden` says whether hidden checks were among them,
    `visible` how many of the visible ones there are and how many passed.
    """

    answer: str
    outcome: str
    points: float
    hidden: bool
    visible: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Step:
    """A question and where it stands: `checked` is None where nothing is known of the answer as it is now."""

    asked: Asked
    state: str
    checked: Checked | None = None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do here."""
        return self.checked is not None and self.checked.outcome == "passed"

    @property
    def visible(self) -> str:
        """The visible checks of the answer as it is now, as "1 of 2"; "" where nothing is known of them."""
        asked, passed = self.checked.visible if self.checked else (0, 0)
        return f"{passed} of {asked}" if asked else ""

    @property
    def points(self) -> float:
        """What the last full check gave the answer as it is now."""
        return self.checked.points if self.checked and self.checked.hidden else 0.0


@dataclass(frozen=True)
class Progress:
    """A topic's notebook with its questions as they stand."""

    work: Work
    steps: tuple[Step, ...]


def progress(here: Course, names: Sequence[str] = ()) -> tuple[Progress, ...]:
    """How far one is in the topics named, or in all."""
    kept = _kept(here)
    works = [work_of(here, name) for name in names or topics(here)]
    return tuple(Progress(work, tuple(_steps(work, kept.get(work.topic, {})))) for work in works)


def following(found: Sequence[Progress]) -> tuple[Progress, Step] | None:
    """What comes next: the first question that is not done, of the topics already begun before others."""
    for each in sorted(found, key=lambda one: not any(step.state != NOT_BEGUN for step in one.steps)):
        for step in each.steps:
            if not step.is_done:
                return each, step
    return None


def remember(notebook: Path, verdicts: Sequence[Any], *, hidden: bool) -> None:
    """Keeps what a check found of the answers as they are saved now, where the notebook is one of work/."""
    topic = notebook.stem
    with contextlib.suppress(NotACourse):
        here = find(notebook.parent)
        if notebook == path_of(here, topic):
            _keep(here, topic, verdicts, hidden)


def _keep(here: Course, topic: str, verdicts: Sequence[Any], hidden: bool) -> None:
    answers = {asked.id: asked.digest for asked in work_of(here, topic).questions}
    found = {
        verdict.question: Checked(
            answers[verdict.question], verdict.outcome, verdict.points, hidden, _visible(verdict.checks)
        )
        for verdict in verdicts
        if verdict.question in answers
    }
    path = here.root / KEPT
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.encode({**_kept(here), topic: found}).decode())


def _visible(checks: Sequence[Any]) -> tuple[int, int]:
    passed = [check.passed for check in checks if not check.hidden]
    return len(passed), sum(passed)


def _kept(here: Course) -> dict[str, dict[str, Checked]]:
    try:
        return msgspec.json.decode((here.root / KEPT).read_bytes(), type=dict[str, dict[str, Checked]])
    except (OSError, msgspec.MsgspecError):
        return {}


def _steps(work: Work, kept: Mapping[str, Checked]) -> Iterator[Step]:
    for asked in work.questions:
        found = kept.get(asked.id)
        if not asked.answer:
            yield Step(asked, NOT_BEGUN)
        elif found is None:
            yield Step(asked, ANSWERED)
        elif found.answer != asked.digest:
            yield Step(asked, CHANGED)
        else:
            yield Step(asked, _state(found, asked), found)


def _state(checked: Checked, asked: Asked) -> str:
    outcome = checked.outcome.replace("_", " ")
    if not checked.hidden:
        return f"visible checks: {outcome}"
    return f"{outcome}, {checked.points:g} of {asked.points:g} points"


def untouched(start: Path, names: Sequence[str]) -> Iterator[str]:
    """A sentence for each of the topics in which questions were left as they were, and for what may not be saved."""
    with contextlib.suppress(NotACourse):
        works = [work_of(find(start), name) for name in names]
        for work in works:
            if left := [asked.id for asked in work.questions if not asked.answer]:
                yield f"{work.topic}: {len(left)} of {len(work.questions)} questions untouched: {', '.join(left)}."
        yield from unsaved([work.path for work in works])


def unsaved(notebooks: Sequence[Path]) -> list[str]:
    """A sentence for each of the notebooks that is open in a Jupyter of this machine."""
    known = sorted(open_in_jupyter(notebooks))
    return [f"{path} is open in Jupyter; what was not saved there is not counted." for path in known]


def open_in_jupyter(paths: Sequence[Path]) -> frozenset[Path]:
    """Which of the notebooks are open in a Jupyter that runs here: what was typed there and not saved, nobody knows."""
    from jupyter_server.serverapp import list_running_servers

    found = set[Path]()
    for server in list_running_servers():
        folder = Path(str(server.get("root_dir", "")))
        found |= {folder / name for name in _sessions(str(server.get("url", "")), str(server.get("token", "")))}
    resolved = {Path(os.path.realpath(path)) for path in found}
    return frozenset(path for path in paths if Path(os.path.realpath(path)) in resolved)


def _sessions(url: str, token: str) -> list[str]:
    """The paths of the notebooks that a server of this machine runs kernels for; none where it does not answer."""
    from urllib.request import ProxyHandler, Request, build_opener

    request = Request(f"{url}api/sessions", headers={"Authorization": f"token {token}"})
    try:
        # No proxy: the server is on this machine.
        with build_opener(ProxyHandler({})).open(request, timeout=1) as reply:
            return [str(session["path"]) for session in json.load(reply)]
    except (OSError, ValueError, KeyError, TypeError):
        return []
