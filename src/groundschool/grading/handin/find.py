"""Finds the submissions in what an instructor has: nbgrader's folders, zips, bulk downloads of platforms, or one
notebook.

Everything found is a submission exactly once, also what cannot be read. Whose it is follows from names, its topic from
the notebook itself. Which of several notebooks is graded, and what is in them, is left to `stage`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

from groundschool.errors import GroundSchoolError
from groundschool.grading.handin import layout
from groundschool.grading.handin.encoding import on_disk
from groundschool.grading.handin.files import MAX_TOTAL, NotOrdinary, opened, read_file, written_name
from groundschool.grading.handin.flags import shown
from groundschool.grading.handin.layout import Layout, Unit, is_archive, is_folder, is_zip, stem_of
from groundschool.grading.handin.names import NO_NAME, Names, display, fit
from groundschool.grading.handin.topics import UNKNOWN, Topics
from groundschool.grading.handin.unzip import HandInError, LeftOut, Shares, unpack
from groundschool.results import folded

MAX_FOUND = 5_000
MAX_ZIPS = 20  # inside one hand-in
MAX_LEVELS = 3  # zips in zips
SHARE = 3 * MAX_TOTAL  # bytes that one hand-in may unpack, inner zips and all
SPARE = 1 << 30  # bytes of the disk that are left alone

__all__ = ["UNKNOWN", "Found", "HandInError", "find"]


class DiskFull(GroundSchoolError):
    """There is no room to unpack zips: of no hand-in could be said what is in it."""


@dataclass(frozen=True)
class Found:
    """A submission: whose, of which topic, and its folder or notebook file.

    `candidate` is fit for file names and is another one for a second hand-in of the same topic; `name` is as people
    write it. `topic` is "unknown" where nothing tells it. `notebooks` are those of the topic, below `path`; none where
    `path` is a file. `unreadable` is "" or one sentence; then `path` is an empty folder.
    """

    candidate: str
    topic: str
    path: Path
    flags: tuple[str, ...] = ()
    unreadable: str = ""
    name: str = ""
    notebooks: tuple[Path, ...] = ()


def find(source: Path, topics: Topics, known: Iterable[tuple[str, str]] = ()) -> tuple[Found, ...]:
    """The submissions in `source`, a folder, a zip or a notebook, sorted by candidate and topic. `known` are candidates
    of earlier runs, each with the name as people write it.

    Zips are unpacked to a temporary folder that lives as long as the process. Raises HandInError when `source` is none
    of these, cannot be unpacked, or holds more than 5,000 entries, DiskFull where there is no room to unpack zips.
    """
    names = Names(known)
    search = _Search(topics, Path(_scratch().name), names)
    source = Path(os.path.realpath(source))
    if source.is_dir():
        hits = list(search.top(source))
    elif source.is_file() and (is_archive(source) or layout.is_notebook(source)):
        hits = list(search.file_of_instructor(source))
    else:
        raise HandInError(
            f"{source} is not there, or no folder, zip or notebook; a folder of submissions was expected."
        )
    return _named(hits, names)


@dataclass(frozen=True)
class _Hit:
    """A submission before candidates have their names: `given` is the name as it was found."""

    given: str
    topic: str
    path: Path
    flags: tuple[str, ...] = ()
    unreadable: str = ""
    person: str = ""
    notebooks: tuple[Path, ...] = ()


@dataclass(frozen=True)
class _Notebook:
    """A notebook of a hand-in, the folder given or unpacked that it is in, and the zips around that, "" for none."""

    path: Path
    root: Path
    zip: str


@dataclass
class _Share:
    """What one entry may take: submissions, zips, and bytes unpacked."""

    hits: int = MAX_FOUND
    size: int = SHARE
    zips: int = MAX_ZIPS


class _Search:
    def __init__(self, topics: Topics, scratch: Path, known: Names) -> None:
        self.topics, self.scratch, self.known = topics, scratch, known
        self.layout = Layout(topics)

    def top(self, folder: Path, owner: str = "") -> Iterator[_Hit]:
        """What a folder given by the instructor holds; `owner` is whose it is when it is one candidate's."""
        called = owner or on_disk(folder.name)
        folder, owner = self.layout.unwrapped(folder, owner)
        if self.layout.is_collection(folder, owned=bool(owner)):
            if self._is_person(called, folder):
                yield from self.folder(Unit(called, ""), folder, _Share())
            else:
                yield from self.collection(folder)
            return
        topic = self.topics.of_name(folder.name)
        given = owner or (folder.parent.name if topic else folder.name)
        yield from self.work(Unit(given, topic), [folder], _Share())

    def _is_person(self, called: str, folder: Path) -> bool:
        """Whether a collection is called as a candidate is, of an earlier run or inside: then it is what that one
        handed in, and what others are called in it makes it nobody else's.
        """
        inside = {folded(display(unit.given)) for unit in self.layout.units(folder)}
        if self.topics.of_name(called):
            return False
        return called in self.known or folded(display(called)) in inside

    def file_of_instructor(self, path: Path) -> Iterator[_Hit]:
        """What a zip or notebook given by the instructor holds."""
        unit = self.layout.unit(path)
        if not is_zip(path):
            given = path.parent.name if self.topics.of_name(stem_of(path.name)) else unit.given
            yield from self.unit(replace(unit, given=given), _Share())
            return
        self._check_disk()
        target = self._fresh()
        left_out = unpack(path, target, Shares(many=True, size=self._share_of_disk(1)))
        yield from self._with_left_out(list(self.top(target, unit.given)), left_out, target)

    def _with_left_out(self, hits: list[_Hit], left_out: Sequence[LeftOut], root: Path) -> Iterator[_Hit]:
        """The submissions of an instructor's zip; what was left out is told to its owner, who is listed if nothing else
        is.
        """
        owners = {folded(display(hit.given)): place for place, hit in enumerate(hits)}
        more: dict[str, _Hit] = {}
        for each in left_out:
            parts = [part for part in each.name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
            units = [self.layout.unit(Path(part)) for part in parts] or [Unit("nobody", "")]
            place = next((owners[folded(unit.given)] for unit in units if folded(unit.given) in owners), None)
            if place is None and len(hits) == 1:
                place = 0
            if place is not None:
                hits[place] = replace(hits[place], flags=(*hits[place].flags, str(each)))
            elif each.work:
                unit = units[min(len(parts) - 1, self._depth(root))] if parts else units[0]
                more.setdefault(unit.given, self._unread(unit, str(each)))
        yield from hits
        yield from more.values()

    def _depth(self, root: Path) -> int:
        depth, (folder, _) = 0, self.layout.unwrapped(root, "")
        while folder != root and folder != folder.parent:
            folder, depth = folder.parent, depth + 1
        return depth

    def collection(self, folder: Path, within: str = "", share: _Share | None = None) -> Iterator[_Hit]:
        """A folder with an entry, or several files, a candidate."""
        units = self.layout.units(folder)
        if len(units) > MAX_FOUND:
            raise HandInError(f"{folder} holds {len(units):,} submissions; at most {MAX_FOUND:,} were expected.")
        most = max(4 * len(self.topics.names) + 4, MAX_FOUND // max(1, len(units)))
        size = self._share_of_disk(len(units))
        for unit in units:
            named = replace(unit, given=f"{within}/{unit.given}") if within else unit
            yield from self._few(self.unit(named, share or _Share(most, size)), named, most)

    def _few(self, hits: Iterator[_Hit], unit: Unit, most: int) -> Iterator[_Hit]:
        """What one entry holds, up to its share: it must not use up the places of others."""
        for number, hit in enumerate(islice(hits, most + 1)):
            if number < most:
                yield hit
            else:
                yield self._unread(unit, f"The hand-in holds more than {most} submissions; the first {most} were read.")

    def unit(self, unit: Unit, share: _Share) -> Iterator[_Hit]:
        """The submissions of one entry of a collection, or of several files that a platform says are one person's."""
        first = unit.pieces[0]
        if len(unit.pieces) > 1:
            yield from self._assembled(unit, share)
        elif is_folder(first):
            yield from self.folder(unit, first, share)
        elif is_zip(first) and not first.is_symlink():
            yield from self.zip(unit, first, share)
        elif layout.is_notebook(first):
            topic = self._topic_of(first, unit.topic) or self.topics.only
            yield _Hit(unit.given, topic, first, person=unit.person)
        else:
            yield self._unread(unit, _expected(unit.pieces))

    def folder(self, unit: Unit, folder: Path, share: _Share) -> Iterator[_Hit]:
        """One candidate's folder, or one of several candidates, each of whom is listed below its name."""
        if self.layout.has_people(folder):
            told = (
                f"The folder {shown(display(unit.given))} holds several people's work, or several copies of "
                "one's; each is listed on its own."
            )
            for hit in self.collection(folder, unit.given, share):
                yield replace(hit, flags=(told, *hit.flags))
        else:
            yield from self.work(unit, [folder], share)

    def zip(self, unit: Unit, path: Path, share: _Share) -> Iterator[_Hit]:
        """What a candidate's zip holds; a submission that cannot be read when it is none."""
        target = self._fresh()
        try:
            left_out = self._unpacked(path, target, share)
        except HandInError as error:
            yield self._unread(unit, f"{shown(on_disk(path.name))}: {error}")
            return
        told = tuple(map(str, left_out))
        for hit in self.folder(unit, target, share):
            yield replace(hit, flags=(*told, *hit.flags))

    def work(self, unit: Unit, folders: Sequence[Path], share: _Share) -> Iterator[_Hit]:
        """A candidate's submissions in folders: one for each topic of which there is a notebook, at whatever place.

        Where several zips hold one topic, each is a submission, called by its zip's name too.
        """
        notebooks, flags = [], list[str]()
        for folder in folders:
            notebooks += self._notebooks(folder, "", share, MAX_LEVELS, flags)
        if not notebooks:
            seen = [path for folder in folders for path in self.layout.files(folder)]
            yield self._unread(unit, _expected(seen), flags)
        places: dict[str, set[str]] = {}
        groups = self._groups(notebooks, unit.topic)
        for topic, group in groups:
            places.setdefault(topic, set()).add(group[0].zip)
        for topic, group in groups:
            root = Path(os.path.commonpath([each.path.parent for each in group]))
            below = tuple(each.path.relative_to(root) for each in group)
            name = f"{unit.given}/{group[0].zip}" if group[0].zip and len(places[topic]) > 1 else unit.given
            yield _Hit(name, topic, root, tuple(flags), person=unit.person, notebooks=below)

    def _notebooks(self, folder: Path, inside: str, share: _Share, levels: int, flags: list[str]) -> list[_Notebook]:
        """The notebooks in a folder and in zips there; `flags` gets a sentence for each thing that could not be
        opened.
        """
        files = self.layout.files(folder)
        found = [_Notebook(path, folder, inside) for path in files if layout.is_notebook(path)]
        for path in (path for path in files if is_zip(path)):
            name = on_disk(path.name)
            if not levels or share.zips <= 0:
                flags.append(f"{shown(name)} was not opened: too many zips lie in one another.")
                break
            target = self._fresh()
            try:
                flags += map(str, self._unpacked(path, target, share))
            except HandInError as error:
                flags.append(f"{shown(name)}: {error}")
                continue
            within = f"{inside}/{stem_of(name)}" if inside else stem_of(name)
            found += self._notebooks(target, within, share, levels - 1, flags)
        return found

    def _groups(self, notebooks: Sequence[_Notebook], hint: str) -> list[tuple[str, list[_Notebook]]]:
        """The notebooks of each topic and zip, each content once; those of no topic are notes where there are
        others.
        """
        found: dict[tuple[str, Path], list[_Notebook]] = {}
        known = set[tuple[str, bytes]]()
        for each in notebooks:
            topic = self._topic_of(each.path, hint if len(notebooks) == 1 else "")
            mark = (topic, hashlib.sha256(layout.content_of(each.path)).digest())
            if mark not in known:
                found.setdefault((topic, each.root), []).append(each)
            known.add(mark)
        notes = [group for (topic, _), group in found.items() if not topic]
        rest = [(topic, group) for (topic, _), group in sorted(found.items(), key=lambda item: item[0]) if topic]
        return rest or [(hint or self.topics.only, group) for group in notes[:1]]

    def _topic_of(self, path: Path, hint: str) -> str:
        """The topic of a notebook: what it says itself, else `hint`, else its name, else its folder's."""
        said = self.topics.of_content(layout.content_of(path))
        return (
            said or hint or self.topics.split(stem_of(on_disk(path.name)))[1] or self.topics.of_name(path.parent.name)
        )

    def _assembled(self, unit: Unit, share: _Share) -> Iterator[_Hit]:
        """One person's several files, side by side under the names that they had for that person."""
        target, flags = self._fresh(), list[str]()
        for piece, name in zip(unit.pieces, unit.names, strict=True):
            if is_folder(piece):
                continue
            try:
                with opened(piece.parent) as folder:
                    content = read_file(folder, piece.name)
                place = target / written_name(name)
                place = place if not place.exists() else target / written_name(piece.name)
                place.write_bytes(content)
            except (OSError, NotOrdinary) as error:
                flags.append(f"The file {shown(on_disk(piece.name))} was left out: {error}.")
        folders = [target, *(piece for piece in unit.pieces if is_folder(piece))]
        for hit in self.work(unit, folders, share):
            yield replace(hit, flags=(*flags, *hit.flags))

    def _unpacked(self, path: Path, target: Path, share: _Share) -> tuple[LeftOut, ...]:
        self._check_disk()
        share.zips -= 1
        if share.size <= 0:
            raise HandInError("All zips of the hand-in together unpack to more than may be handed in.")
        shares = Shares(size=min(MAX_TOTAL, share.size))
        shares.whole.size = shares.size
        left_out = unpack(path, target, shares)
        share.size -= shares.size - shares.whole.size
        return left_out

    def _unread(self, unit: Unit, sentence: str, flags: Iterable[str] = ()) -> _Hit:
        topic = unit.topic or self.topics.only
        return _Hit(unit.given, topic, self._fresh(), tuple(flags), sentence, unit.person)

    def _check_disk(self) -> None:
        free, needed = shutil.disk_usage(self.scratch).free, SPARE + MAX_TOTAL
        if free < needed:
            raise DiskFull(
                f"The disk of {self.scratch.parent} has {free >> 20:,} MiB free; {needed >> 20:,} MiB were expected to "
                "unpack zips. Nothing was graded: free some space, or name another folder in TMPDIR."
            )

    def _share_of_disk(self, entries: int) -> int:
        free = shutil.disk_usage(self.scratch).free - SPARE
        return max(0, min(SHARE, free // max(1, entries)))

    def _fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.scratch))


def _expected(files: Sequence[Path]) -> str:
    """What was found in place of a notebook, by name."""
    if any(is_archive(path) and not is_zip(path) for path in files):
        what = "a zip or a Jupyter notebook (.ipynb)"
    else:
        what = "a Jupyter notebook (.ipynb)"
    names = ", ".join(shown(on_disk(path.name)) for path in files[:3])
    more = f" and {len(files) - 3:,} more" if len(files) > 3 else ""
    link = " (a link, which is not followed)" if len(files) == 1 and files[0].is_symlink() else ""
    return f"The hand-in holds no notebook: {names or 'nothing'}{more}{link} was found, {what} was expected."


def _named(hits: Sequence[_Hit], names: Names) -> tuple[Found, ...]:
    """The submissions with a name for each candidate, none of them twice for a topic."""
    copies = dict[tuple[str, str, str], int]()
    people: dict[str, set[str]] = {}
    for hit in hits:
        people.setdefault(hit.given, set()).add(hit.person)
    given = {hit: f"{hit.given} ({hit.person})" if len(people[hit.given]) > 1 else hit.given for hit in hits}
    for each in sorted(
        {name for name in given.values() if fit(name) == name}, key=lambda name: (folded(name) != name, name)
    ):
        names.name(each)  # whose name needs no change keeps it, whatever others are called
    found = []
    for hit in hits:
        whose = given[hit]
        copy = copies[whose, hit.person, hit.topic] = copies.get((whose, hit.person, hit.topic), 0) + 1
        candidate, name = names.name(whose, copy=copy), display(whose) or NO_NAME
        flags = list(hit.flags)
        if copy > 1:
            flags.insert(
                0, f"The candidate {shown(name)} handed in this topic {copy} times; this one is listed as {candidate}."
            )
        elif folded(candidate) != folded(fit(whose)):
            flags.insert(
                0, f"The candidate {shown(name)} is listed as {candidate}, since another is called {fit(whose)}."
            )
        found.append(Found(candidate, hit.topic, hit.path, tuple(flags), hit.unreadable, name, hit.notebooks))
    return tuple(sorted(found, key=lambda each: (each.candidate, each.topic)))


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="groundschool-")
