"""What was learned of questions, kept on disk: one file a question, named by the hash of all that the question depends
on.

An edit of one question leaves the others' names as they were. Learning itself is `rehearsal`'s.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
import sysconfig
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import groundschool
from groundschool.errors import GroundSchoolError
from groundschool.grading import wire
from groundschool.grading.session.knowledge import Knowledge
from groundschool.grading.session.preparation import Opened

PACKAGE = Path(groundschool.__file__).parent
# The parts of the package that take part when a trusted answer is tried.
CODE = (
    "checks",
    "course",
    "engines",
    "fixtures",
    "grading/box",
    "grading/rehearsal",
    "grading/roles",
    "grading/session",
    "grading/wire",
    "lab",
    "data.py",
    "safe.py",
)


class Store:
    """The folder in which a course keeps what was learned; readable by its owner only, since hidden values are in
    it.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / ".groundschool" / "knowledge"

    def load(self, key: str, seed: int) -> Knowledge | None:
        """What was learned under this key; None when there is nothing that can be read."""
        try:
            return _unpacked((self.folder / f"{key}.bin").read_bytes(), seed)
        except (OSError, KeyError, ValueError, TypeError, GroundSchoolError):
            return None

    def keep(self, key: str, knowledge: Knowledge) -> None:
        """Writes what was learned, by atomic rename. Raises OSError."""
        self._write(f"{key}.bin", _packed(knowledge))

    def mistakes(self, key: str) -> list[dict[str, Any]] | None:
        """What the mistakes of a question return; None when that is not known yet."""
        try:
            found = json.loads((self.folder / f"{key}.mistakes.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, list) else None

    def keep_mistakes(self, key: str, mistakes: Sequence[dict[str, Any]]) -> None:
        """Writes what the mistakes of a question return. Raises OSError."""
        self._write(f"{key}.mistakes.json", json.dumps(list(mistakes)).encode())

    def _write(self, name: str, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.folder / f"{name}.{os.getpid()}.{threading.get_ident()}"
        try:
            fresh.write_bytes(content)
            fresh.chmod(0o600)
            fresh.replace(self.folder / name)
        finally:
            fresh.unlink(missing_ok=True)


def merged(seed: int, parts: Iterable[Knowledge]) -> Knowledge:
    """What is known of a topic, from what is known of its questions."""
    whole = Knowledge(seed)
    for part in parts:
        whole.expected |= part.expected
        whole.faults |= part.faults
        whole.opened |= part.opened
        whole.tables |= part.tables
    return whole


def digest(*parts: Any) -> str:
    """A hash of plain data; equal for equal data on every machine."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def of_files(folder: Path, files: Iterable[Path]) -> str:
    """A hash of the names and contents of files below a folder."""
    found = hashlib.sha256()
    for path in sorted({path for path in files if path.is_file()}):
        name, content = os.fsencode(path.relative_to(folder)), path.read_bytes()
        found.update(b"%d %d %b%b" % (len(name), len(content), name, content))
    return found.hexdigest()[:32]


def of_course(root: Path) -> Sequence[str]:
    """Hashes of what every question of a course depends on: public data, the code that takes part, versions of
    libraries.
    """
    return of_files(root, (root / "data").rglob("*")), code(), libraries()


@functools.cache
def code() -> str:
    """A hash of the parts of this package that take part in a rehearsal."""
    parts = [PACKAGE / name for name in CODE]
    files = [file for part in parts for file in ([part] if part.is_file() else part.rglob("*"))]
    return of_files(PACKAGE, (file for file in files if "__pycache__" not in file.parts))


@functools.cache
def libraries() -> str:
    """A hash of Python's version and those of all installed packages: what the lock pins, as it is installed here."""
    # Not by `sys.path`, to which setuptools adds packages of its own when it is imported.
    places = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    # The folders' names hold both; to read two hundred packages' metadata takes as long as to grade a submission.
    found = {
        path.name for place in places for ending in ("dist-info", "egg-info") for path in place.glob(f"*.{ending}")
    }
    return digest(sys.version, sorted(found))


def _packed(knowledge: Knowledge) -> bytes:
    head: dict[str, Any] = {
        "opened": {test: asdict(opened) for test, opened in knowledge.opened.items()},
        "expected": [],
        "tables": [],
    }
    blobs: list[bytes] = []
    for kind, items in (("expected", knowledge.expected), ("tables", knowledge.tables)):
        for key, (value, out) in items.items():
            head[kind].append([key, value, len(out)])
            blobs += out
    return bytes(wire.pack(head, blobs))


def _unpacked(data: bytes, seed: int) -> Knowledge:
    head, blobs = wire.unpack(data)
    opened = {test: Opened(tuple(each["objects"]), each["arguments"]) for test, each in head["opened"].items()}
    knowledge, start = Knowledge(seed, opened=opened), 0
    for kind in ("expected", "tables"):
        for key, value, count in head[kind]:
            place: Any = getattr(knowledge, kind)
            place[tuple(key) if isinstance(key, list) else key] = (value, blobs[start : start + count])
            start += count
    return knowledge
