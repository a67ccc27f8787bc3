"""Unpacks a zip that a stranger made, member by member: nothing lands outside its folder, nothing grows beyond its
share.

Notebooks are taken first, environments are left out, and whoever is alone at the top of an instructor's zip has a share
of their own. Which submission the files are is left to `find`.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from groundschool.errors import GroundSchoolError
from groundschool.grading.handin.encoding import decoded
from groundschool.grading.handin.files import (
    CONTROLS,
    MAX_DEPTH,
    MAX_FILE,
    MAX_FILES,
    MAX_TOTAL,
    UNSEEN,
    NotOrdinary,
    environments,
    is_junk,
    is_notebook_name,
    open_file,
    opened,
    written_name,
)
from groundschool.grading.handin.flags import shown

MAX_ARCHIVE = 4 << 30
# The list of members is read as a whole: 8 MB are some 50,000 files, a list of 100 MB takes gigabytes once parsed.
MAX_DIRECTORY = 8 << 20
END_RECORD = b"PK\x05\x06"
END = struct.Struct("<4s4H2LH")
TAIL = END.size + (1 << 16)
CHUNK = 1 << 16
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for gigabytes of memory to unpack a few bytes
DRIVE = re.compile(r"[A-Za-z]:")
ENCRYPTED = 1
UTF8 = 0x800
UNICODE_NAME = 0x7075
DAMAGE = (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, struct.error, zlib.error)
UNZIPPABLE = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, EOFError, struct.error)


class HandInError(GroundSchoolError):
    """A hand-in that cannot be used as a whole; the message is one sentence."""


@dataclass(frozen=True)
class LeftOut:
    """A member or folder of a zip that was not unpacked, and why; `work` is false for what no person wrote."""

    name: str
    reason: str
    work: bool = True

    def __str__(self) -> str:
        return f"{shown(self.name)} in the zip was left out: {self.reason}."


@dataclass
class Share:
    """How much a hand-in may still unpack, from all its zips together."""

    files: int = MAX_FILES
    size: int = MAX_TOTAL


@dataclass
class Shares:
    """One share for a whole zip, or, where `many`, one for each entry at its top, below a folder around everything."""

    many: bool = False
    size: int = MAX_TOTAL
    around: int = 0
    whole: Share = field(default_factory=Share)
    _of: dict[str, Share] = field(default_factory=dict)

    def of(self, path: PurePosixPath) -> Share:
        """The share that a member counts on."""
        if not self.many:
            return self.whole
        return self._of.setdefault("/".join(path.parts[: self.around + 1]), Share(size=self.size))


@dataclass(frozen=True)
class _Member:
    info: zipfile.ZipInfo
    name: str
    path: PurePosixPath


def unpack(archive: Path, target: Path, shares: Shares | None = None) -> tuple[LeftOut, ...]:
    """Unpacks `archive` into `target`, which is made and must be empty; returns what was left out.

    Raises HandInError when it is no zip, encrypted, or lists more than 8 MB of names.
    """
    target.mkdir(parents=True, exist_ok=True)
    try:
        with opened(archive.parent) as folder, open_file(folder, archive.name, MAX_ARCHIVE) as content:
            _check_directory(content)
            with zipfile.ZipFile(content) as members:
                return _unpack_all(members, target, shares or Shares())
    except NotOrdinary as error:
        raise HandInError(f"The zip was not read: {error}.") from None
    except UNZIPPABLE:
        raise HandInError("The file is not a complete zip.") from None


def _check_directory(content: IO[bytes]) -> None:
    """Refuses what could not be listed safely. Looks at every place where a reader may see the end record."""
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - TAIL))
    tail = content.read(TAIL)
    place = tail.find(END_RECORD)
    while place >= 0:
        if len(tail) - place >= END.size and END.unpack_from(tail, place)[5] > MAX_DIRECTORY:
            raise HandInError("The zip lists more files than may be handed in.")
        place = tail.find(END_RECORD, place + 1)
    content.seek(0)


def _unpack_all(archive: zipfile.ZipFile, target: Path, shares: Shares) -> tuple[LeftOut, ...]:
    members = _members(archive.infolist())
    if any(member.info.flag_bits & ENCRYPTED for member in members):
        raise HandInError("The zip is encrypted; one without a password was expected.")
    left_out: dict[LeftOut, None] = {}
    members = [each for each in _without_environments(members, left_out) if not any(map(is_junk, each.path.parts))]
    shares.around = _around(members)
    missing: Counter[str] = Counter()
    for member in sorted(members, key=_urgency):
        share = shares.of(member.path)
        reason = _reason(member)
        if not reason and share.files <= 0:
            missing["/".join(member.path.parts[:-1][: shares.around + 1])] += 1
        elif reason := reason or _unpack_one(archive, member, target, share):
            left_out[LeftOut(member.name, reason)] = None
    for name, count in missing.items():
        left_out[LeftOut(name or "The rest", f"{count:,} files more than the {MAX_FILES} that may be handed in")] = None
    return tuple(left_out)


def _members(infos: Sequence[zipfile.ZipInfo]) -> list[_Member]:
    """The files of the list, with their names as their writer read them."""
    files = [info for info in infos if not info.is_dir()]
    raw = {id(info): info.orig_filename.encode("cp437", "replace") for info in files if not info.flag_bits & UTF8}
    names = dict(
        zip(raw, decoded([_unicode_name(info) or raw[id(info)] for info in files if id(info) in raw]), strict=True)
    )
    found = []
    for info in files:
        name = names.get(id(info)) or decoded([info.orig_filename.encode("utf-8", "surrogatepass")])[0]
        path = PurePosixPath(name.split("\0")[0].replace("\\", "/"))
        found.append(_Member(info, name, path))
    return found


def _unicode_name(info: zipfile.ZipInfo) -> bytes:
    """The name in UTF-8 that some programs put beside the one in another encoding, b"" where there is none."""
    extra = info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == UNICODE_NAME and length > 5 and len(extra) >= 4 + length:
            return extra[9 : 4 + length]
        extra = extra[4 + length :]
    return b""


def _without_environments(members: Sequence[_Member], left_out: dict[LeftOut, None]) -> list[_Member]:
    found = environments(member.path for member in members)
    counts: Counter[str] = Counter()
    kept = []
    for member in members:
        if inside := next((part for part in member.path.parents if part in found), None):
            counts[str(inside)] += 1
        else:
            kept.append(member)
    for name, count in counts.items():
        left_out[LeftOut(name, f"it holds installed packages ({count:,} files), which are not needed", work=False)] = (
            None
        )
    return kept


def _around(members: Iterable[_Member]) -> int:
    """How many folders lie around everything in the zip."""
    folders = [member.path.parent.parts for member in members]
    return next(
        (place for place, parts in enumerate(zip(*folders, strict=False)) if len(set(parts)) > 1),
        min(map(len, folders), default=0),
    )


def _urgency(member: _Member) -> tuple[bool, bool, int]:
    """Notebooks first, then what lies highest: what is left out, if anything must be, is what matters least."""
    name = member.path.name
    return not is_notebook_name(name), not name.lower().endswith(".zip"), len(member.path.parts)


def _reason(member: _Member) -> str:
    """Why a member is not unpacked, "" when it is."""
    kind = stat.S_IFMT(member.info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a link or a device"
    if member.path.is_absolute() or ".." in member.path.parts or not member.path.name or DRIVE.match(member.name):
        return "its name leads out of the folder"
    if UNSEEN.search(str(member.path)):
        return CONTROLS
    if len(member.path.parts) > MAX_DEPTH + 1:
        return f"it is more than {MAX_DEPTH} folders deep"
    return "" if member.info.compress_type in METHODS else "it is packed in a way that is not read here"


def _unpack_one(archive: zipfile.ZipFile, member: _Member, target: Path, share: Share) -> str:
    """Why a member was left out, "" when it was not; takes what was written from its share."""
    if member.info.file_size > MAX_FILE:
        return f"it is larger than {MAX_FILE >> 20} MB"
    if member.info.file_size > share.size:
        return f"all files together are larger than {MAX_TOTAL >> 20} MB"
    try:
        path = target.joinpath(*map(written_name, member.path.parts))
        path.parent.mkdir(parents=True, exist_ok=True)
        path, descriptor = _fresh(path)
    except OSError:
        return "its name is also a folder's, or too long"
    with os.fdopen(descriptor, "wb") as file:
        try:
            with archive.open(member.info) as content:
                shutil.copyfileobj(content, file, CHUNK)  # reads no more than the size that the list tells
        except DAMAGE:
            share.size -= file.tell()
            path.unlink()
            return "it is damaged"
        share.size, share.files = share.size - file.tell(), share.files - 1
    return ""


def _fresh(path: Path) -> tuple[Path, int]:
    """A new file, with a number in its name where the zip holds another of this name, also one only this system takes
    for it.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    stem, dot, rest = path.name.partition(".")
    for number in range(1, 100):
        name = path if number == 1 else path.with_name(f"{stem} ({number}){dot}{rest}")
        try:
            return name, os.open(name, flags, 0o600)
        except FileExistsError:
            if name.is_dir():
                raise
    raise FileExistsError(path)
