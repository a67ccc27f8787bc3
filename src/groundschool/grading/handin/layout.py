"""How the entries of a folder are read: as one candidate's work, or as an entry a candidate; and whose each one is.

Looks at names, and at what is a notebook and of which topic where names say too little. One odd entry decides nothing
about the others: as soon as anything is a person's, everything in the folder is somebody's.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from groundschool.grading.handin.encoding import on_disk
from groundschool.grading.handin.files import (
    ENVIRONMENT_SIGNS,
    ENVIRONMENTS,
    JUNK,
    MAX_DEPTH,
    NotOrdinary,
    is_junk,
    is_notebook_name,
    opened,
    read_file,
)
from groundschool.grading.handin.notebook import MAX_NOTEBOOK
from groundschool.grading.handin.platforms import GRADESCOPE_LIST, gradescope, owner
from groundschool.grading.handin.topics import UNKNOWN, Topics
from groundschool.grading.handin.topics import is_notebook as says_notebook

ZIP = ".zip"
ARCHIVES = (ZIP, ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
MAX_ENTRIES = 10_000  # of one folder
MAX_FILES = 2_000  # looked at in one hand-in
MAX_WRAPPERS = 4  # folders around the topic's own, as zip tools and learning platforms add them
MAYBE = ("", ".json", ".txt", ".jupyter")  # endings under which people and browsers save notebooks
ENDING = re.compile(r"\.ipynb.*$", re.IGNORECASE | re.DOTALL)
DOUBLE = re.compile(r"\.(?:tar\.\w{2,3})$", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A hand-in before it is opened: whose, of which topic as far as the name says, and its entries with their own
    names.
    """

    given: str
    topic: str
    pieces: tuple[Path, ...] = ()
    person: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Reads folders of a course with these topics."""

    topics: Topics

    def unwrapped(self, folder: Path, name: str) -> tuple[Path, str]:
        """The folder inside folders that hold nothing else but a collection, and the name of whose it is."""
        inner = folder
        for _ in range(MAX_WRAPPERS):
            found = list(entries(inner))
            if len(found) != 1 or not is_folder(found[0]):
                break
            inner = found[0]
            if self.has_people(inner) or self._are_people(inner):
                return inner, name
        return folder, name

    def is_collection(self, folder: Path, *, owned: bool = False) -> bool:
        """Whether an instructor's folder holds an entry a candidate, not one candidate's work.

        What is `owned` has a name that is a candidate's where it holds but one folder.
        """
        found = list(entries(folder))
        if owned and len(found) == 1 and is_folder(found[0]):
            return self.has_people(folder)
        if (folder / GRADESCOPE_LIST).is_file() or any(map(self._is_person, found)):
            return True
        if any(map(self._is_topical, found)):
            return any(self._is_others_notebook(path) for path in found)
        return sum(map(is_notebook, found)) != 1

    def has_people(self, folder: Path) -> bool:
        """Whether a folder inside another holds several people's work: the same topic in several of its folders."""
        found = list(entries(folder))
        if (folder / GRADESCOPE_LIST).is_file() or any(owner(on_disk(path.name)) for path in found):
            return True
        if any(map(self._is_topical, found)):
            return False
        topics = [self._topics_of(path) for path in found if self._is_person(path)]
        return any(one & other for place, one in enumerate(topics) for other in topics[:place])

    def _are_people(self, folder: Path) -> bool:
        """Whether a folder holds nothing but several folders with topics in them, each of which is a candidate's."""
        found = list(entries(folder))
        return len(found) > 1 and all(
            is_folder(path) and not self._is_topical(path) and any(map(self._is_topical, entries(path)))
            for path in found
        )

    def units(self, folder: Path) -> list[Unit]:
        """A hand-in for every entry of a collection; files that belong to one person's hand-in are joined."""
        people = gradescope(folder)
        topic = self.topics.of_name(folder.name)
        joined: dict[object, Unit] = {}
        for path in entries(folder):
            if path.name == GRADESCOPE_LIST and not is_folder(path):
                continue
            unit = self.unit(path)
            if path.name in people:
                unit = replace(unit, given=people[path.name], person=path.name)
            unit = replace(unit, topic=unit.topic or topic)
            key = _key(path, unit)
            before = joined.get(key)
            joined[key] = _join(before, unit) if before else unit
        return _with_companions(list(joined.values()))

    def unit(self, path: Path) -> Unit:
        """Whose an entry is, by its name."""
        name = on_disk(path.name)
        if whose := owner(name):
            own = whose.rest or name
            topic = "" if whose.receipt else self.topics.split(stem_of(own))[1]
            return Unit(whose.who, topic, (path,), whose.person, (own,))
        if is_folder(path):
            topical = any(is_folder(each) and self._is_topical(each) for each in entries(path))
            named = (name, "") if topical else self.topics.split(name)
        else:
            named = self.topics.split(stem_of(name))
        return Unit(named[0] or (name if is_folder(path) else stem_of(name)), named[1], (path,), "", (name,))

    def files(self, folder: Path) -> list[Path]:
        """The files of one hand-in at any depth, without environments and what systems add; of the first 2,000."""
        return list(islice(self._walk(folder, 0), MAX_FILES))

    def _walk(self, folder: Path, depth: int) -> Iterator[Path]:
        found = list(entries(folder))
        if ENVIRONMENT_SIGNS & {path.name for path in found}:
            return
        folders = [path for path in found if is_folder(path)]
        yield from (path for path in found if path not in folders and not path.is_symlink())
        if depth < MAX_DEPTH:
            for path in folders:
                if path.name not in ENVIRONMENTS:
                    yield from self._walk(path, depth + 1)

    def _is_person(self, path: Path) -> bool:
        name = on_disk(path.name)
        if owner(name):
            return True
        if is_folder(path):
            return not self._is_topical(path) and self._holds_work(path)
        who, topic = self.topics.split(stem_of(name))
        if is_archive(path):
            return bool(who)
        return bool(who and topic)

    def _is_topical(self, path: Path) -> bool:
        """Whether an entry is named as a topic: a candidate may be called `sql` too, whose folder holds more
        folders.
        """
        if not is_folder(path):
            return bool(self.topics.of_name(stem_of(on_disk(path.name)))) and not path.is_symlink()
        inner = list(entries(path))
        flat = any(map(is_notebook, inner)) or not any(map(is_folder, inner))
        return flat and bool(self.topics.of_name(path.name))

    def _is_others_notebook(self, path: Path) -> bool:
        """Whether a notebook beside those named as topics is of a topic by what it says: somebody else's, likely."""
        if not is_notebook(path) or self.topics.of_name(stem_of(on_disk(path.name))):
            return False
        return self.topics.knows(content_of(path))

    def _topics_of(self, path: Path) -> frozenset[str]:
        """The topics of the notebooks in an entry, as far as names and notebooks say without opening a zip."""
        files = self.files(path) if is_folder(path) else [path]
        named = {self.topics.split(stem_of(on_disk(file.name)))[1] for file in files}
        said = {self.topics.of_content(content_of(file)) for file in files if is_notebook(file)}
        inner = {self.topics.of_name(file.parent.name) for file in files if file != path}
        return frozenset({*named, *said, *inner} - {""}) or frozenset({UNKNOWN} if is_folder(path) else ())

    def _holds_work(self, folder: Path) -> bool:
        return any(is_notebook(path) or is_archive(path) for path in self.files(folder))


def entries(folder: Path) -> Iterator[Path]:
    """The entries of a folder by name, without what systems add and hidden ones; none when it cannot be read."""
    try:
        with os.scandir(folder) as found:
            names = sorted(entry.name for entry in islice(found, MAX_ENTRIES))
    except OSError:
        return
    for name in names:
        path = folder / name
        handed_in = not name.startswith("._") and (is_notebook_name(name) or name.lower().endswith(ZIP))
        if name.casefold() not in JUNK and (handed_in or not is_junk(name)):
            yield path


def is_folder(path: Path) -> bool:
    """A folder itself, not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def is_zip(path: Path) -> bool:
    """A file called a zip."""
    return path.suffix.lower() == ZIP and not is_folder(path)


def is_archive(path: Path) -> bool:
    """A file called an archive of any kind."""
    return path.suffix.lower() in ARCHIVES and not is_folder(path)


def is_notebook(path: Path) -> bool:
    """A file called a notebook, or one under another ending that holds one."""
    if is_folder(path) or path.is_symlink():
        return False
    if is_notebook_name(path.name):
        return True
    return path.suffix.lower() in MAYBE and says_notebook(content_of(path))


def stem_of(name: str) -> str:
    """A file's name without its ending, also without what a browser put behind it."""
    if ENDING.search(name):
        return ENDING.sub("", name) or name
    plain = DOUBLE.sub("", name)
    stem, _, ending = plain.rpartition(".")
    return stem if stem and len(ending) <= 5 and ending.isalnum() and not ending.isdigit() else plain


def content_of(path: Path) -> bytes:
    """What a notebook holds, b"" where it cannot be read."""
    try:
        with opened(path.parent) as folder:
            return read_file(folder, path.name, MAX_NOTEBOOK)
    except (OSError, NotOrdinary):
        return b""


def _key(path: Path, unit: Unit) -> object:
    """What the entries of one hand-in have in common: the person and attempt of a platform, else nothing."""
    whose = owner(on_disk(path.name))
    return (whose.who, whose.person, whose.attempt) if whose else path


def _join(unit: Unit, other: Unit) -> Unit:
    return replace(
        unit,
        topic=unit.topic or other.topic,
        pieces=(*unit.pieces, *other.pieces),
        names=(*unit.names, *other.names),
    )


def _with_companions(units: Sequence[Unit]) -> list[Unit]:
    """Files that were handed in beside a notebook of the same name, such as its HTML, belong to it."""
    notebooks = {
        (unit.given, unit.topic): place
        for place, unit in enumerate(units)
        if len(unit.pieces) == 1 and is_notebook_name(unit.pieces[0].name)
    }
    kept = list(units)
    for unit in units:
        place = notebooks.get((unit.given, unit.topic))
        alone = len(unit.pieces) == 1 and not is_folder(unit.pieces[0]) and not is_archive(unit.pieces[0])
        if place is not None and alone and not is_notebook(unit.pieces[0]):
            kept.remove(unit)
            kept = [_join(each, unit) if _same(each, units[place]) else each for each in kept]
    return kept


def _same(unit: Unit, other: Unit) -> bool:
    return unit.pieces[0] == other.pieces[0]
