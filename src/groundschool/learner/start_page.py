"""The page that a learner starts from, `work/Start here.ipynb`: every topic and question in order, and what comes next.

It is brought up to date whenever `groundschool lab` opens JupyterLab. What it shows is `progress`'s.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from groundschool.course import Course, NotACourse, find, node
from groundschool.learner.progress import Progress, Step, following, open_in_jupyter, progress
from groundschool.results import write_whole

NAME = "Start here.ipynb"
OPENING = """\
# Start here

Open a notebook by its link. In it, write in the answer cell of a question and run the test cell below: the visible \
checks show at once. Save a notebook before it is checked or handed in.

- `!groundschool check sql` in a cell, or in a terminal without the `!`, checks what is saved.
- `!groundschool pack YOUR-NAME` writes the zip to hand in.

Run the next cell to see where you are. These two cells are written anew when the lab is opened; cells added below \
them stay."""
ASKS = "from groundschool.learner import status\n\nstatus()"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def write(here: Course) -> Path:
    """Writes the page with where the learner is now; cells of the learner's own stay. Raises OSError."""
    path = here.root / "work" / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    shown = new_output("display_data", data={"text/markdown": text(here)})
    ours = [new_markdown_cell(OPENING, id="start"), new_code_cell(ASKS, id="status", outputs=[shown])]
    page = new_notebook(cells=[*ours, *_others(path, {cell.id for cell in ours})], metadata={"kernelspec": KERNEL})
    write_whole(path, f"{nbformat.writes(page)}\n")
    return path


def _others(path: Path, ours: set[str]) -> list[Any]:
    """The cells that somebody added to the page; none where it is missing or no notebook any more."""
    try:
        return [cell for cell in node(path).cells if cell.get("id") not in ours]
    except NotACourse:
        return []


def status() -> None:
    """Shows, in a cell of any notebook of the course, every question, where it stands, and what comes next."""
    from IPython.display import Markdown, display

    display(Markdown(text(find(Path.cwd()), Path.cwd())))


def text(here: Course, folder: Path | None = None) -> str:
    """Where a learner is, in Markdown; links lead from a folder, else from work/."""
    found = progress(here)
    beside = folder or here.root / "work"
    in_jupyter = open_in_jupyter([each.work.path for each in found])
    topics = "\n".join(_topic(each, beside, each.work.path in in_jupyter) for each in found)
    unsaved = "What was typed in an open notebook and not saved there is not counted." if in_jupyter else ""
    overview = f"| topic | passed | points | minutes | last saved |\n|---|---|---|---|---|\n{topics}"
    parts = [_next(found, beside), overview, unsaved, *(_questions(each, beside) for each in found)]
    return "\n\n".join(part for part in parts if part)


def _next(found: Sequence[Progress], beside: Path) -> str:
    following_ = following(found)
    if following_ is None:
        return "Nothing is left to do."
    of, step = following_
    return f"Next: **{_plain(step.asked.title)}** (`{step.asked.id}`), in {_link(of, beside)}."


def _topic(found: Progress, beside: Path, is_open: bool) -> str:
    steps = found.steps
    passed = f"{sum(step.is_done for step in steps)} of {len(steps)}"
    points = f"{sum(step.points for step in steps):g} of {sum(step.asked.points for step in steps):g}"
    minutes = sum(step.asked.minutes for step in steps)
    saved = f"{found.work.saved:%Y-%m-%d %H:%M}" if found.work.saved else "not in work/ yet"
    return f"| {_link(found, beside)} | {passed} | {points} | {minutes or ''} | {saved}{', open' * is_open} |"


def _questions(found: Progress, beside: Path) -> str:
    head = "| question | level | points | minutes | visible checks | where it stands |\n|---|---|---|---|---|---|"
    rows = "\n".join(_row(step) for step in found.steps)
    return f"**{_link(found, beside)}**\n\n{head}\n{rows}"


def _row(step: Step) -> str:
    asked = step.asked
    cells = (f"{_plain(asked.title)} (`{asked.id}`)", asked.level, f"{asked.points:g}", asked.minutes or "")
    return "".join(f"| {cell} " for cell in (*cells, step.visible, step.state)) + "|"


def _link(found: Progress, beside: Path) -> str:
    title = _plain(found.work.title)
    way = Path(os.path.relpath(found.work.path, beside)).as_posix()
    return f"[{title}]({quote(way)})" if found.work.saved else title


def _plain(title: str) -> str:
    return title.replace("|", "\\|")
