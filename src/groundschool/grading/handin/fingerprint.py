"""Tells hand-ins apart by what was handed in: names and contents of files, as they came, before anything is repaired.

Stays the same when the release, the questions or the grader change. What of a hand-in is graded is `stage`'s.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from groundschool.grading.handin.files import (
    MAX_DEPTH,
    MAX_FILES,
    NotOrdinary,
    is_junk,
    is_notebook_name,
    names_in,
    opened,
    read_file,
)
from groundschool.grading.handin.flags import Flags

TIMESTAMP = "timestamp.txt"  # nbgrader's note of when something was handed in


def fingerprint(path: Path, notebooks: Sequence[Path] = ()) -> str:
    """A hash of the ordinary files in a folder, or of one notebook; what cannot be read counts by its name.

    Of the notebooks in the folder only `notebooks` count, paths below it; all of them where none is named.
    """
    found = _Print(frozenset(map(str, notebooks)))
    try:
        with opened(path.parent if path.is_file() else path) as folder:
            found.file(folder, path.name, "") if path.is_file() else found.folder(folder, "")
        for notebook in sorted(notebooks) if found.files > MAX_FILES else ():  # what is graded counts wherever it lies
            with opened(path / notebook.parent) as folder:
                found.file(folder, notebook.name, str(notebook))
    except (OSError, ValueError):
        found.add("", b"")
    return found.hash.hexdigest()[:32]


class _Print:
    def __init__(self, notebooks: frozenset[str]) -> None:
        self.notebooks = notebooks
        self.hash = hashlib.sha256()
        self.files = 0

    def folder(self, folder: int, inside: str, depth: int = 0) -> None:
        for name in names_in(folder, Flags()):
            path = f"{inside}/{name}" if inside else name
            anothers = is_notebook_name(name) and bool(self.notebooks) and path not in self.notebooks
            if is_junk(name) or name == TIMESTAMP or anothers or self.files > MAX_FILES:
                continue
            inner = self._inner(folder, name) if depth < MAX_DEPTH else None
            if inner is None:
                self.file(folder, name, path)
            else:
                try:
                    self.folder(inner, path, depth + 1)
                finally:
                    os.close(inner)

    def file(self, folder: int, name: str, path: str) -> None:
        self.files += 1
        try:
            self.add(path, read_file(folder, name))
        except NotOrdinary as error:
            self.add(path, str(error).encode())

    def add(self, path: str, content: bytes) -> None:
        name = os.fsencode(path)
        self.hash.update(b"%d %d %b%b" % (len(name), len(content), name, content))

    def _inner(self, folder: int, name: str) -> int | None:
        """A descriptor of a folder in an open one; None when it is none."""
        try:
            if not stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                return None
            return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except OSError:
            return None
