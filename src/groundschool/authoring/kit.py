"""Writes what a candidate is given as one zip: notebooks, public data, the package and its pins, a page to begin with.

Nothing comes from `source/` but titles and minutes, so a kit holds no answer, no hidden check and no rubric. Which
questions a screen asks is `course.screen`'s, what a candidate hands in `pack`'s.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat

from groundschool.authoring import pins, text
from groundschool.authoring.start import page
from groundschool.course import KIT, Course, Screen, Topic, screen
from groundschool.errors import GroundSchoolError

NAMED = "ground-school-kit.zip"
WHEN = (2024, 1, 1, 0, 0, 0)  # the same course gives the same bytes


class NoKit(GroundSchoolError):
    """A kit could not be made."""


@dataclass(frozen=True)
class Kit:
    """The zip, and the topics in it in the course's order."""

    path: Path
    topics: tuple[str, ...]


def kit(course: Course, topics: Sequence[Topic], path: Path, of: Screen | None = None) -> Kit:
    """Writes the kit of `topics` to `path`; of a screen's topics with the screen's questions. Raises NoKit."""
    chosen = sorted(topics, key=lambda topic: topic.place)
    if missing := [topic.name for topic in chosen if not topic.released.is_file()]:
        raise NoKit(f"release/ has no notebook of {', '.join(missing)}. `groundschool release` writes it.")
    notebooks = {topic.name: _notebook(topic, of) for topic in chosen}
    found = {f"release/{name}/{name}.ipynb": content.encode() for name, content in notebooks.items()}
    data = course.root / "data"
    found |= {f"data/{name}": (data / name).read_bytes() for name in _data(data, "".join(notebooks.values()))}
    with TemporaryDirectory() as folder:
        wheel = _wheel(course.root, Path(folder))
        found[wheel.name] = wheel.read_bytes()
    found["pins.txt"] = "\n".join([*pins.lines(chosen, course.root), ""]).encode()
    found["START.md"] = page(chosen, wheel.name, of).encode()
    found[KIT] = _told(chosen, of).encode()
    _write(path, found)
    return Kit(path, tuple(notebooks))


def _notebook(topic: Topic, of: Screen | None) -> str:
    """The released notebook; of a screen with its questions, and with their totals in the opening."""
    if of is None:
        return topic.released.read_text(encoding="utf-8")
    questions, texts = of.questions[topic.name], text.read(topic)
    notebook: Any = screen.only(nbformat.read(topic.released, as_version=4), questions)
    totals, own = str(text.held(topic, texts)), str(text.held(topic, texts, questions))
    for cell in notebook.cells:
        cell.source = cell.source.replace(totals, own)
    return f"{nbformat.writes(screen.marked(notebook, of.name))}\n"


def _told(topics: Sequence[Topic], of: Screen | None) -> str:
    """What the kit says of itself, for whatever runs in it."""
    said = f"topics = {json.dumps([topic.name for topic in topics])}\n"
    return f"{said}screen = {json.dumps(of.name)}\nminutes = {of.minutes}\n" if of else said


def _data(data: Path, notebooks: str) -> Iterator[str]:
    """The public data that the notebooks name, or whose folder they name."""
    for path in sorted(path for path in data.rglob("*") if path.is_file() and not path.is_symlink()):
        name, folder = (each.relative_to(data).as_posix() for each in (path, path.parent))
        if name in notebooks or folder != "." and f"data/{folder}/" in notebooks:
            yield name


def _wheel(root: Path, folder: Path) -> Path:
    """The package as it is in the clone."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=300)
    made = sorted(folder.glob("*.whl"))
    if done.returncode or not made:
        raise NoKit(f"The package could not be built in {root}: {done.stderr.strip()[-500:] or 'nothing was said'}.")
    return made[0]


def _write(path: Path, files: dict[str, bytes]) -> None:
    """Writes all or nothing; everything lies in a folder of the zip's name."""
    beside = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(files.items()):
                archive.writestr(zipfile.ZipInfo(f"{path.stem}/{name}", WHEN), content, zipfile.ZIP_DEFLATED)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise NoKit(f"{path} could not be written: {error.strerror or error}. Name another place with `-o`.") from None
