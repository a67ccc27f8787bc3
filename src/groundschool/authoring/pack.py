"""Zips a candidate's notebooks for handing in, in the layout that `groundschool grade` reads."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from groundschool import course
from groundschool.errors import GroundSchoolError


class NothingToPack(GroundSchoolError):
    """No notebook was found, or the name cannot be used."""


def pack(start: Path, candidate: str, topics: Sequence[str], folder: Path) -> tuple[Path, list[str]]:
    """Writes `<candidate>.zip` with `<topic>/<topic>.ipynb` for every topic; returns its path and the topics in it."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}", candidate):
        raise NothingToPack(
            f"{candidate!r} cannot be used as a name: letters, digits and hyphens were expected, at most 63."
        )
    found = {path.parent.name: path for path in _notebooks(start)}
    wanted = list(topics) or sorted(found)
    missing = [name for name in wanted if name not in found]
    if missing or not wanted:
        raise NothingToPack(
            f"No notebook of {', '.join(missing) or 'any topic'} was found in work/ or here. `make lab` copies them to work/."
        )
    target = folder / f"{candidate}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in wanted:
            archive.write(found[name], f"{name}/{name}.ipynb")
    return target, wanted


def _notebooks(start: Path) -> list[Path]:
    """The notebooks `<topic>/<topic>.ipynb` of work/, or of the working folder outside a course."""
    try:
        folder = course.find(start).root / "work"
    except course.NotACourse:
        folder = start
    return sorted(path for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name)
