"""A page: the text of which the notebook of an attack is built.

    # the attack's class

    ```toml
    honest = 2.0
    ```

    ## town

    ```python
    town = "wrong"
    ```

What the first fence may say stands in `submissions`. A section is named after the cell whose text it replaces; `first` is a
new cell behind the setup, `last` one at the end, `file NAME` a text file beside the notebook, which ends with a newline.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FENCE = r"(?P<fence>`{3,})\w*\n(?P<text>.*?)\n?(?P=fence)"
PAGE = re.compile(rf"# (?P<title>[^\n]+)\n\n{FENCE}\n", re.DOTALL)
SECTION = re.compile(rf"^## (?P<name>[^\n]+)\n\n{FENCE}\n", re.DOTALL | re.MULTILINE)
FILE = "file "


@dataclass(frozen=True)
class Page:
    """A page as it was read: its title, what its first fence says, and the text of each section but those of files."""

    title: str
    says: Mapping[str, Any]
    cells: Mapping[str, str]
    files: Mapping[str, str]


def read(path: Path) -> Page:
    """Reads a page. Raises ValueError, naming the place, where something stands between the sections."""
    text = path.read_text(encoding="utf-8")
    top = PAGE.match(text)
    if not top:
        raise ValueError(f"{path.name}: expected a title and a fence with what the page says of itself")
    sections, end = {}, top.end()
    for section in SECTION.finditer(text, top.end()):
        if text[end : section.start()].strip():
            raise ValueError(f"{path.name}: text before the section {section['name']}, which belongs to none")
        sections[section["name"]], end = section["text"], section.end()
    if text[end:].strip():
        raise ValueError(f"{path.name}: text behind the last section")
    files = {name.removeprefix(FILE): f"{text}\n" for name, text in sections.items() if name.startswith(FILE)}
    cells = {name: text for name, text in sections.items() if not name.startswith(FILE)}
    return Page(top["title"], tomllib.loads(top["text"]), cells, files)


def notebook(released: Mapping[str, Any], page: Page, wrong: Mapping[str, str]) -> dict[str, Any]:
    """The released notebook with the page's cells, and elsewhere the `wrong` answers, or none where the page says so.

    Raises ValueError where a section names no cell.
    """
    known = {"first", "last", *(cell["id"] for cell in released["cells"])}
    if strange := page.cells.keys() - known:
        raise ValueError(f"sections {sorted(strange)}: no cell is called so; expected one of {sorted(known)}")
    answers = {} if page.says.get("others") == "blank" else wrong
    cells = [_answered(cell, {**answers, **page.cells}) for cell in released["cells"]]
    if "first" in page.cells:
        setup = next(place for place, cell in enumerate(cells) if cell["id"] == "setup")
        cells.insert(setup + 1, code("own-first", page.cells["first"]))
    for number in range(page.says.get("times", 1) if "last" in page.cells else 0):
        cells.append(code(f"own-last-{number}", page.cells["last"]))
    return {**released, "cells": cells}


def code(name: str, source: str) -> dict[str, Any]:
    """A code cell of a candidate's own."""
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def _answered(cell: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    return {**cell, "source": answers.get(cell["id"], "".join(cell["source"]))}
