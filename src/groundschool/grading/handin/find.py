"""Finds the submissions in what an instructor has: nbgrader's folders, zips, folders of either, or one notebook's folder.

Every submission is found exactly once, also one that cannot be read. Looks at names only; what is inside the notebooks is
left to `staging`.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

from groundschool.grading.handin.files import JUNK, NOTEBOOK
from groundschool.grading.handin.flags import shown
from groundschool.grading.handin.names import Names, fit
from groundschool.grading.handin.unzip import HandInError, unpack

UNKNOWN = "unknown"
ZIP = ".zip"
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
MAX_FOUND = 5_000
MAX_UNPACKED = 10 << 30
MAX_WRAPPERS = 4  # folders around the topic's own, as zip tools and learning platforms add them

__all__ = ["Found", "HandInError", "find", "unpack"]


@dataclass(frozen=True)
class Found:
    """A submission: whose, of which topic, and its folder or notebook file.

    `candidate` is fit for file names and is another one for a second hand-in of the same topic. `topic` is "unknown" where
    nothing tells it. `unreadable` is "" or one sentence; then `path` is an empty folder.
    """

    candidate: str
    topic: str
    path: Path
    flags: tuple[str, ...] = ()
    unreadable: str = ""


def find(source: Path, topics: Sequence[str]) -> tuple[Found, ...]:
    """The submissions in `source`, a folder, a zip or a notebook, sorted by candidate and topic.

    Zips are unpacked to a temporary folder that lives as long as the process. Raises HandInError when `source` is none of
    these, or holds more than 5,000 submissions.
    """
    search = _Search(tuple(topics), Path(_scratch().name))
    source = Path(os.path.realpath(source))
    if source.is_dir():
        hits = list(search.folder(source))
    elif source.is_file() and source.suffix.lower() in (ZIP, NOTEBOOK):
        hits = list(search.file(source, ours=True))
    else:
        raise HandInError(
            f"{source} is not there, or no folder, zip or notebook; a folder of submissions was expected."
        )
    if len(hits) > MAX_FOUND:
        raise HandInError(f"{source} holds {len(hits):,} submissions; at most {MAX_FOUND:,} were expected.")
    return _named(hits)


@dataclass(frozen=True)
class _Hit:
    """A submission before candidates have their names: `given` is the name as it was found."""

    given: str
    topic: str
    path: Path
    flags: tuple[str, ...] = ()
    unreadable: str = ""


@dataclass
class _Search:
    topics: tuple[str, ...]
    scratch: Path
    unpacked: int = 0

    def folder(self, folder: Path) -> Iterator[_Hit]:
        """What a folder given by the instructor holds: one candidate's work, or an entry a candidate."""
        if self._is_one(folder):
            topic = self._topic(folder.name)
            yield from self.work(folder.parent.name if topic else folder.name, folder, topic)
            return
        for entry in _entries(folder):
            if _is_folder(entry):
                candidate, topic = (entry.name, "") if self._topic_folders(entry) else self._split(entry.name)
                yield from self._few(self.work(candidate, entry, topic))
            elif entry.is_symlink() or entry.suffix.lower() in (ZIP, NOTEBOOK, *OTHER_ARCHIVES):
                yield from self._few(self.file(entry))

    def _few(self, hits: Iterator[_Hit]) -> Iterator[_Hit]:
        """What one entry holds, up to a number that no honest hand-in reaches: it must not use up the places of others."""
        most = 4 * len(self.topics) + 4
        for number, hit in enumerate(islice(hits, most + 1)):
            if number < most:
                yield hit
            else:
                told = f"The hand-in holds more than {most} submissions; the first {most} were read."
                yield _Hit(hit.given, UNKNOWN, self._fresh(), (), told)

    def file(self, path: Path, *, ours: bool = False) -> Iterator[_Hit]:
        """What a zip or a notebook holds that stands alone among others, or is the instructor's `ours`."""
        candidate, topic = self._split(path.stem)
        if path.suffix.lower() != NOTEBOOK:
            yield from self.zip(candidate, path, topic, ours=ours)
        elif topic:
            yield _Hit(candidate, topic, path)
        else:
            yield _Hit(path.parent.name, self._topic(path.stem) or self._only(), path)

    def zip(self, candidate: str, path: Path, topic: str, wrappers: int = 0, *, ours: bool = False) -> Iterator[_Hit]:
        """What a zip holds; a submission that cannot be read when it is none. Only the instructor's own names candidates."""
        target = self._fresh()
        try:
            if self.unpacked > MAX_UNPACKED:
                raise HandInError(
                    f"All zips together unpack to more than {MAX_UNPACKED >> 30} GB; fewer were expected."
                )
            flags = unpack(path, target)
        except HandInError as error:
            shutil.rmtree(target)
            yield _Hit(candidate, topic or self._only(), self._fresh(), (), str(error))
            return
        self.unpacked += sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
        several = self._candidates(target) if ours and not topic else []
        if len(several) > 1:
            hits = [hit for each in several for hit in self.work(each.name, each, "", MAX_WRAPPERS)]
        else:
            hits = list(self.work(candidate, target, topic, wrappers + 1))
        yield from (replace(hit, flags=(*flags, *hit.flags)) for hit in hits)

    def work(self, candidate: str, folder: Path, topic: str, wrappers: int = 0) -> Iterator[_Hit]:
        """A candidate's submissions in a folder: topic folders, notebooks, zips, or one folder around any of these."""
        inner, notebooks, entries = self._topic_folders(folder), _notebooks(folder), list(_entries(folder))
        folders, zips = [each for each in entries if _is_folder(each)], [each for each in entries if _is_zip(each)]
        if inner and not topic:
            yield from (_Hit(candidate, self._topic(each.name), each) for each in inner)
        elif notebooks:
            yield from self._by_notebook(candidate, folder, notebooks, topic)
        elif zips and wrappers < MAX_WRAPPERS:
            # A zip may hold itself: two levels are ordinary, and few zips a level.
            for path in zips[: 2 * len(self.topics) + 2]:
                hint = topic or self._split(path.stem)[1] or self._topic(path.stem)
                yield from self.zip(candidate, path, hint, wrappers + MAX_WRAPPERS // 2)
        elif len(folders) == 1 and wrappers < MAX_WRAPPERS:
            yield from self.work(candidate, folders[0], topic or self._topic(folders[0].name), wrappers + 1)
        else:
            told = (
                "The hand-in holds several candidates' folders; one candidate's work was expected."
                if len(self._candidates(folder)) > 1
                else "The hand-in holds no notebook; one was expected."
            )
            yield _Hit(candidate, topic or self._only(), self._fresh(), (), told)

    def _is_one(self, folder: Path) -> bool:
        """Whether a folder is one candidate's work, not a folder of candidates; an entry of theirs does not make it one."""
        notebooks = _notebooks(folder)
        if self._others(folder):
            return False
        if self._topic_folders(folder) or any(self._topic(path.stem) for path in notebooks):
            return True
        if not notebooks or any(self._split(path.stem)[1] for path in notebooks):
            return False
        return bool(self._topic(folder.name)) or not any(_is_folder(each) or _is_zip(each) for each in _entries(folder))

    def _others(self, folder: Path) -> bool:
        """Whether entries that are no topic's hold the work of candidates."""
        topical = self._topic_folders(folder)
        folders = [entry for entry in _entries(folder) if _is_folder(entry) and entry not in topical]
        inside = any(
            self._topic_folders(each) or any(self._topic(path.stem) for path in _notebooks(each)) for each in folders
        )
        return inside or any(self._split(path.stem)[1] for path in _notebooks(folder))

    def _by_notebook(self, candidate: str, folder: Path, notebooks: Sequence[Path], topic: str) -> Iterator[_Hit]:
        """One submission, or one a topic when the notebooks of several lie side by side."""
        named = {self._topic(path.stem): path for path in notebooks if self._topic(path.stem)}
        if len(named) > 1 and topic not in named:
            yield from (_Hit(candidate, each, path) for each, path in sorted(named.items()))
        else:
            yield _Hit(candidate, topic or next(iter(named), "") or self._only(), folder)

    def _candidates(self, folder: Path) -> list[Path]:
        """The folders of a zip of several candidates: none is a topic's, each holds one."""
        while len(folders := [entry for entry in _entries(folder) if _is_folder(entry)]) == 1 and not _notebooks(
            folder
        ):
            folder = folders[0]
        several = not _notebooks(folder) and not self._topic_folders(folder)
        return [each for each in folders if several and (self._topic_folders(each) or _notebooks(each))]

    def _topic_folders(self, folder: Path) -> list[Path]:
        """The folders named like a topic that hold a notebook or nothing but files: a candidate may be called `sql` too."""
        found = [entry for entry in _entries(folder) if _is_folder(entry) and self._topic(entry.name)]
        return [entry for entry in found if _notebooks(entry) or not any(_is_folder(each) for each in _entries(entry))]

    def _topic(self, name: str) -> str:
        return next((topic for topic in self.topics if topic.casefold() == name.casefold()), "")

    def _split(self, stem: str) -> tuple[str, str]:
        """Candidate and topic of a name like `candidate-topic`; the topic is "" where the name ends in none."""
        for topic in self.topics:
            for mark in "-_ ":
                if stem.casefold().endswith(f"{mark}{topic}".casefold()) and len(stem) > len(topic) + 1:
                    return stem[: -len(topic) - 1], topic
        return stem, ""

    def _only(self) -> str:
        return self.topics[0] if len(self.topics) == 1 else UNKNOWN

    def _fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.scratch))


def _named(hits: Sequence[_Hit]) -> tuple[Found, ...]:
    """The submissions with a name for each candidate, none of them twice for a topic."""
    names, copies = Names(), dict[tuple[str, str], int]()
    for given in sorted({hit.given for hit in hits if fit(hit.given) == hit.given}):
        names.name(given)  # whose name needs no change keeps it, whatever others are called
    found = []
    for hit in hits:
        copy = copies[hit.given, hit.topic] = copies.get((hit.given, hit.topic), 0) + 1
        name = names.name(hit.given, copy)
        flags = list(hit.flags)
        if copy > 1:
            flags.insert(
                0, f"The candidate {shown(hit.given)} handed in this topic {copy} times; this one is listed as {name}."
            )
        elif name != hit.given:
            flags.insert(0, f"The candidate {shown(hit.given)} is listed as {name}.")
        found.append(Found(name, hit.topic, hit.path, tuple(flags), hit.unreadable))
    return tuple(sorted(found, key=lambda each: (each.candidate, each.topic)))


def _entries(folder: Path) -> Iterator[Path]:
    """The entries of a folder by name, without hidden ones and what systems add; none when it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in islice(entries, 2 * MAX_FOUND))
    except OSError:
        return
    yield from (folder / name for name in names if not name.startswith(".") and name not in JUNK)


def _notebooks(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.suffix == NOTEBOOK]


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ZIP


def _is_folder(path: Path) -> bool:
    """A folder itself, not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="groundschool-")
