"""Zips a candidate's notebooks for handing in, with the files beside them, in the layout that `groundschool grade`
reads.
"""

from __future__ import annotations

import os
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool import course
from groundschool.errors import GroundSchoolError

NAME = re.compile(r"[^\W_][^/\\:*?\"<>|\x00-\x1f\x7f]{0,62}")
# What grading takes of one hand-in.
MAX_FILES = 500
MAX_FILE = 50 << 20
MAX_TOTAL = 100 << 20
NOT_WORK = frozenset({"__pycache__", "node_modules", "site-packages", "spark-warehouse", "metastore_db"})
ENVIRONMENT_SIGNS = frozenset({"pyvenv.cfg", "conda-meta"})


class NothingToPack(GroundSchoolError):
    """No notebook was found, or the name cannot be used."""


@dataclass(frozen=True)
class Packed:
    """The zip, the topics in it, the other files in it, a sentence for each thing that stayed behind, and whether an
    earlier hand-in of the same name made room.
    """

    path: Path
    topics: tuple[str, ...]
    files: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    replaced: bool = False


def pack(start: Path, candidate: str, topics: Sequence[str], folder: Path) -> Packed:
    """Writes `<candidate>.zip` with `<topic>/<topic>.ipynb`, and what lies beside it, for every topic. Replaces an
    earlier hand-in of this name, and nothing else. Raises NothingToPack.
    """
    name = unicodedata.normalize("NFC", candidate)
    if not NAME.fullmatch(name) or name[-1] in ". ":
        raise NothingToPack(
            f"{candidate!r} cannot be used as a name: one that begins with a letter or digit was expected, of at "
            "most 63 "
            'characters, without / \\ : * ? " < > | in it and without a dot at its end.'
        )
    found = {path.parent.name: path for path in _notebooks(start)}
    folded = {name.casefold(): name for name in found}
    wanted = [folded.get(name.casefold(), name) for name in topics] or sorted(found)
    missing = [name for name in wanted if name not in found]
    if missing or not wanted:
        raise NothingToPack(
            f"No notebook of {', '.join(missing) or 'any topic'} was found in work/ or here. `make lab` copies them "
            "to work/."
        )
    beside = _Beside()
    target = folder / f"{name}.zip"
    replaced = _is_earlier(target)
    fresh = target.with_name(f"{target.name}.part")
    try:
        _write(fresh, {topic: found[topic] for topic in wanted}, beside)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return Packed(target, tuple(wanted), tuple(beside.taken), tuple(beside.left_out), replaced)


def _is_earlier(target: Path) -> bool:
    """Whether a hand-in of this name is there already. Raises NothingToPack where something else has its place."""
    if not target.exists():
        return False
    try:
        with zipfile.ZipFile(target) as archive:
            names = [Path(name) for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        names = []
    if not any(name.suffix == ".ipynb" and name.stem == name.parent.name for name in names):
        raise NothingToPack(f"{target} is there and is no hand-in. Move it away, or name another folder with `--to`.")
    return True


def _write(target: Path, notebooks: Mapping[str, Path], beside: _Beside) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for topic, notebook in notebooks.items():
            archive.write(notebook, f"{topic}/{topic}.ipynb")
            for path in beside.of(notebook):
                archive.write(path, f"{topic}/{path.relative_to(notebook.parent).as_posix()}")


class _Beside:
    """Chooses what is packed of the files beside the notebooks, within what grading takes."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.left_out: list[str] = []
        self._size = 0

    def of(self, notebook: Path) -> Iterator[Path]:
        """The files that go with a notebook."""
        for path in self._walk(notebook.parent, notebook.parent):
            name = f"{notebook.parent.name}/{path.relative_to(notebook.parent).as_posix()}"
            reason = "" if path == notebook else self._reason(path)
            if reason:
                self.left_out.append(f"{name} was left out: {reason}.")
            elif path != notebook:
                self.taken.append(name)
                self._size += path.stat().st_size
                yield path

    def _walk(self, folder: Path, root: Path) -> Iterator[Path]:
        entries = sorted(folder.iterdir())
        if folder != root and ENVIRONMENT_SIGNS & {entry.name for entry in entries}:
            self.left_out.append(
                f"{root.name}/{folder.relative_to(root).as_posix()} was left out: it holds installed packages."
            )
            return
        for entry in entries:
            if entry.name.startswith(".") or entry.name in NOT_WORK:
                continue
            if entry.is_dir() and not entry.is_symlink():
                yield from self._walk(entry, root)
            else:
                yield entry

    def _reason(self, path: Path) -> str:
        if path.is_symlink() or not path.is_file():
            return "it is no ordinary file"
        if path.suffix == ".ipynb":
            return "it is another notebook than the topic's"
        size = path.stat().st_size
        if size > MAX_FILE:
            return f"it is larger than {MAX_FILE >> 20} MB"
        if self._size + size > MAX_TOTAL or len(self.taken) >= MAX_FILES - 1:
            return f"at most {MAX_FILES} files and {MAX_TOTAL >> 20} MB can be handed in"
        return "" if os.access(path, os.R_OK) else "it cannot be read"


def _notebooks(start: Path) -> list[Path]:
    """The notebooks `<topic>/<topic>.ipynb` of work/, or of the working folder outside a course."""
    try:
        folder = course.find(start).root / "work"
    except course.NotACourse:
        folder = start
    return sorted(path for path in folder.glob("*/*.ipynb") if path.stem == path.parent.name)
