"""Unpacks a zip that a stranger made, member by member: nothing lands outside its folder, nothing grows beyond its caps.

Which submission the files are is left to `handin`.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from groundschool.errors import GroundSchoolError
from groundschool.grading.handin.files import (
    JUNK,
    MAX_DEPTH,
    MAX_FILE,
    MAX_FILES,
    MAX_TOTAL,
    NotOrdinary,
    is_plain_name,
    opened,
    read_file,
)
from groundschool.grading.handin.flags import Flags, shown

MAX_ARCHIVE = MAX_TOTAL
# The list of members is read as a whole: 500 files take about 60 kB, a list of 100 MB takes gigabytes once parsed.
MAX_DIRECTORY = 2 << 20
END_RECORD = b"PK\x05\x06"
END = struct.Struct("<4s4H2LH")
TAIL = END.size + (1 << 16)
CHUNK = 1 << 16
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others can ask for gigabytes of memory to unpack a few bytes
ENCRYPTED = 1


class HandInError(GroundSchoolError):
    """A hand-in that cannot be used as a whole; the message is one sentence."""


def unpack(archive: Path, target: Path) -> tuple[str, ...]:
    """Unpacks `archive` into `target`, which is made and must be empty; returns a sentence for each member left out.

    Raises HandInError when it is no zip, encrypted, or more than 500 files, 50 MB each or 100 MB together.
    """
    flags = Flags()
    target.mkdir(parents=True, exist_ok=True)
    try:
        with opened(archive.parent) as folder:
            content = read_file(folder, archive.name, MAX_ARCHIVE)
        _check_directory(content[-TAIL:])
        with zipfile.ZipFile(io.BytesIO(content)) as members:
            _unpack_all(members, target, flags)
    except NotOrdinary as error:
        raise HandInError(f"The zip was not read: {error}.") from None
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, EOFError, struct.error):
        raise HandInError("The file is not a complete zip.") from None
    return flags.told()


def _check_directory(tail: bytes) -> None:
    """Refuses what could not be listed safely. Looks at every place where a reader may see the end record."""
    place = tail.find(END_RECORD)
    while place >= 0:
        if len(tail) - place >= END.size and END.unpack_from(tail, place)[5] > MAX_DIRECTORY:
            raise HandInError(f"The zip lists more than the {MAX_FILES} files that may be handed in.")
        place = tail.find(END_RECORD, place + 1)


def _unpack_all(members: zipfile.ZipFile, target: Path, flags: Flags) -> None:
    wanted = [info for info in members.infolist() if not info.is_dir() and not _is_junk(info.filename)]
    if any(info.flag_bits & ENCRYPTED for info in wanted):
        raise HandInError("The zip is encrypted; one without a password was expected.")
    if len(wanted) > MAX_FILES:
        raise HandInError(f"The zip holds {len(wanted):,} files; at most {MAX_FILES} were expected.")
    total, seen = 0, set[str]()
    for info in wanted:
        path = PurePosixPath(info.filename.replace("\\", "/"))
        # Two names that some systems take for one: the first wins, as on a system that keeps both.
        key = unicodedata.normalize("NFKC", str(path)).casefold()
        reason = "there is another file of this name" if key in seen else _reason(info, path)
        seen.add(key)
        if not reason:
            reason, written = _unpack_one(members, info, target / path, MAX_TOTAL - total)
            total += written
        if reason:
            flags.add(f"The file {shown(info.filename)} in the zip was left out: {reason}.")


def _reason(info: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Why a member is not unpacked, "" when it is."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a link or a device"
    if path.is_absolute() or ".." in path.parts:
        return "its name leads out of the folder"
    if len(path.parts) > MAX_DEPTH:
        return f"it is more than {MAX_DEPTH} folders deep"
    if not all(is_plain_name(part) for part in path.parts):
        return "its name is not one of letters, digits and common marks"
    return "" if info.compress_type in METHODS else "it is packed in a way that is not read here"


def _unpack_one(members: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, left: int) -> tuple[str, int]:
    """Why a member was left out, and the bytes written. Raises HandInError over the caps, counted as written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return "its name is also a folder's, or too long", 0
    with os.fdopen(descriptor, "wb") as file:
        try:
            with members.open(info) as member:
                return "", _pour(member, file, left)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, struct.error, zlib.error):
            path.unlink()
            return "it is damaged", 0


def _pour(member: IO[bytes], file: IO[bytes], left: int) -> int:
    written = 0
    while chunk := member.read(CHUNK):
        written += len(chunk)
        if written > MAX_FILE or written > left:
            raise HandInError(
                f"The zip unpacks to more than {MAX_FILE >> 20} MB in a file or {MAX_TOTAL >> 20} MB together."
            )
        file.write(chunk)
    return written


def _is_junk(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part in JUNK or (part.startswith(".") and part != "..") for part in parts)
