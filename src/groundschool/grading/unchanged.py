"""Knows which pages are there as they would be written again: a report over a large cohort writes the others only.

A page is known by what it was made of and by its file's time and size; where either differs, or nothing is known, it
is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from groundschool.results import write_whole


class Unchanged:
    """The pages of one folder of results, kept in a file in it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._noted: dict[str, str] = {}
        try:
            body = json.loads(file.read_text(encoding="utf-8"))
            self._known = {str(path): list(known) for path, known in body.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            self._known = {}

    def holds(self, paths: Iterable[Path], made_of: str) -> bool:
        """Whether all of these are there, made of the same."""
        return all(self._known.get(str(path)) == [made_of, *_state(path)] for path in paths)

    def note(self, paths: Iterable[Path], made_of: str) -> None:
        """Remembers what pages are made of that have been written, or are as they were."""
        self._noted |= {str(path): made_of for path in paths}

    def save(self) -> None:
        """Keeps what was noted, with the files as they are now. Raises OSError."""
        kept = {path: [made_of, *_state(Path(path))] for path, made_of in self._noted.items()}
        write_whole(self.file, json.dumps(kept))


def _state(path: Path) -> list[int]:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size]
