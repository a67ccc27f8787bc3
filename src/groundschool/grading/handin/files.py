"""Copies the ordinary files of a hostile folder: no links, no devices, no odd names, nothing that Python loads by
itself.

Every entry is opened relative to its folder's descriptor and never through a link, so nothing outside the folder is
read, also when names change meanwhile. Notebooks are left to `staging`.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path, PurePath
from typing import IO

from groundschool.errors import GroundSchoolError
from groundschool.grading.handin.encoding import on_disk
from groundschool.grading.handin.flags import Flags, shown

MAX_FILES = 500
MAX_FILE = 50 << 20
MAX_TOTAL = 100 << 20
MAX_DEPTH = 8
MAX_ENTRIES = 2_000  # of one folder, counted before they are sorted
MAX_NAME = 200  # bytes; a file system takes 255
NOTEBOOK_NAME = re.compile(
    r".*\.ipynb(?:[^A-Za-z0-9].*)?", re.IGNORECASE | re.DOTALL
)  # also `.ipynb.txt`, `.ipynb (1)`
CODE = (".py", ".pyc", ".pyd", ".so", ".pyi")
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
STARTS_BY_ITSELF = frozenset({"sitecustomize", "usercustomize", "conftest", "nbgrader_config"})
STARTS_BY_ITSELF_PREFIX = ("ipython_config", "ipython_kernel_config", "jupyter_")
KERNELS = "kernels"
CONTROLS = "its name holds control characters"
# What systems and Jupyter leave everywhere: nothing to tell a person.
JUNK = frozenset({".ipynb_checkpoints", ".ds_store", "__pycache__", "__macosx", "thumbs.db", "desktop.ini"})
HIDDEN = re.compile(r"\.[^.]")
# What holds installed packages: a folder of this name, or one with a file of this name in it.
ENVIRONMENTS = frozenset({"node_modules", "site-packages"})
ENVIRONMENT_SIGNS = frozenset({"pyvenv.cfg", "conda-meta"})
# Control characters, and those that turn the direction of writing, so that a name reads as another.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class NotOrdinary(GroundSchoolError):
    """A file that is none, or too large; the message says which."""


def is_junk(name: str) -> bool:
    """Whether an entry is no person's work: what systems and programs add, or a hidden file."""
    return name.casefold() in JUNK or bool(HIDDEN.match(name))


def is_notebook_name(name: str) -> bool:
    """Whether a file is called a notebook, also with what a browser put behind it."""
    return bool(NOTEBOOK_NAME.fullmatch(name))


def written_name(name: str) -> str:
    """The name under which a file is written: composed, short enough, and no device on Windows."""
    safe = unicodedata.normalize("NFC", name).encode("utf-8", "replace").decode()
    if os.name == "nt":
        safe = re.sub(r'[<>:"|?*]', "_", safe).rstrip(". ") or "_"
        safe = f"_{safe}" if safe.split(".")[0].strip().casefold() in DEVICES else safe
    content = safe.encode()
    if len(content) <= MAX_NAME:
        return safe
    stem, ending = os.path.splitext(safe)
    ending = ending if len(ending.encode()) <= 20 else ""
    mark = hashlib.sha256(content).hexdigest()[:8]  # long names that begin alike stay apart
    return f"{stem.encode()[: MAX_NAME - 30].decode(errors='ignore')}~{mark}{ending}"


def environments(paths: Iterable[PurePath]) -> frozenset[PurePath]:
    """The folders among the parents of `paths` that hold installed packages."""
    found: set[PurePath] = set()
    for path in paths:
        for place, part in enumerate(path.parts):
            if part in ENVIRONMENTS and place < len(path.parts) - 1:
                found.add(type(path)(*path.parts[: place + 1]))
            elif part in ENVIRONMENT_SIGNS and place:
                found.add(type(path)(*path.parts[:place]))
    return frozenset(found)


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """A descriptor of a folder that is none through a link. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def open_file(folder: int, name: str, most: int = MAX_FILE) -> Iterator[IO[bytes]]:
    """An ordinary file in an open folder, opened for reading. Raises NotOrdinary, also where it cannot be read."""
    try:
        # Not blocking: opening a FIFO would wait for ever.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except (OSError, ValueError):
        raise NotOrdinary("it is a link, or cannot be read") from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotOrdinary("it is not an ordinary file")
        if found.st_nlink > 1:
            raise NotOrdinary("it is a hard link to a file that stands elsewhere, too")
        if found.st_size > most:
            raise NotOrdinary(f"it is larger than {most >> 20} MB")
        yield file


def read_file(folder: int, name: str, most: int = MAX_FILE) -> bytes:
    """The bytes of an ordinary file in an open folder. Raises NotOrdinary, also where it cannot be read."""
    with open_file(folder, name, most) as file:
        try:
            data = file.read(most + 1)
        except OSError:
            raise NotOrdinary("it is a link, or cannot be read") from None
    if len(data) > most:
        raise NotOrdinary(f"it is larger than {most >> 20} MB")
    return data


def names_in(folder: int, flags: Flags) -> list[str]:
    """The names of the entries of an open folder, sorted; of the first 2,000."""
    with os.scandir(folder) as entries:
        found = [entry.name for entry in islice(entries, MAX_ENTRIES + 1)]
    if len(found) > MAX_ENTRIES:
        flags.add(f"A folder holds more than {MAX_ENTRIES:,} entries; the rest was left out.")
    return sorted(found[:MAX_ENTRIES])


def copy_files(source: Path, target: Path, flags: Flags) -> None:
    """Copies what is ordinary below `source` into `target`, which exists and is empty; tells what was left out.

    Raises OSError when `source` cannot be opened or `target` not be written.
    """
    with opened(source) as folder:
        _Copy(flags).folder(folder, Path(), target)


class _Copy:
    def __init__(self, flags: Flags) -> None:
        self.flags = flags
        self.files = self.size = 0

    def folder(self, folder: int, inside: Path, target: Path) -> None:
        for name in names_in(folder, self.flags):
            if self.files >= MAX_FILES or self.size >= MAX_TOTAL:
                self.flags.add(
                    f"More than {MAX_FILES} files or {MAX_TOTAL >> 20} MB were handed in; the rest was left out."
                )
                return
            reason = self._entry(folder, name, inside, target)
            if reason:
                self.flags.add(f"The file {shown(str(inside / on_disk(name)))} was left out: {reason}.")

    def _entry(self, folder: int, name: str, inside: Path, target: Path) -> str:
        """Copies one entry, or says why not."""
        if name.casefold() in JUNK:
            return ""
        if is_junk(name):
            return "its name begins with a dot"
        if UNSEEN.search(name):
            return CONTROLS
        try:
            is_folder = stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except OSError:
            return "it cannot be read"
        if is_folder:
            return self._inner(folder, name, inside, target)
        if is_notebook_name(name):
            return "" if inside == Path() else "it is a notebook in a folder"
        reason = loads_by_itself(inside / name)
        return reason or self._file(folder, name, target / inside)

    def _inner(self, folder: int, name: str, inside: Path, target: Path) -> str:
        if name == KERNELS:
            return "it is loaded by Python or Jupyter itself"
        if name in ENVIRONMENTS:
            return "it holds installed packages, which are not needed"
        if len(inside.parts) >= MAX_DEPTH - 1:
            return f"it is more than {MAX_DEPTH} folders deep"
        try:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except OSError:
            return "it cannot be read"
        try:
            if ENVIRONMENT_SIGNS & set(names_in(inner, self.flags)):
                return "it holds installed packages, which are not needed"
            self.folder(inner, inside / written_name(on_disk(name)), target)
        finally:
            os.close(inner)
        return ""

    def _file(self, folder: int, name: str, target: Path) -> str:
        try:
            data = read_file(folder, name)
        except NotOrdinary as error:
            return str(error)
        if self.size + len(data) > MAX_TOTAL:
            return f"all files together are larger than {MAX_TOTAL >> 20} MB"
        target.mkdir(parents=True, exist_ok=True)
        (target / written_name(on_disk(name))).write_bytes(data)
        self.files, self.size = self.files + 1, self.size + len(data)
        return ""


def loads_by_itself(path: Path) -> str:
    """Why a file would change what code means without being asked for, "" when it would not."""
    stem = path.name.split(".")[0]
    if path.suffix == ".pth" or stem in STARTS_BY_ITSELF or stem.startswith(STARTS_BY_ITSELF_PREFIX):
        return "it is loaded by Python or Jupyter itself"
    top = path.parts[0].split(".")[0]
    if path.suffix in CODE and is_installed(top):
        return f"it would hide the installed module {shown(top)}"
    return ""


@cache
def _module_paths() -> tuple[str, ...]:
    """Where installed modules are: not the working folder, whose own folders are nobody's modules."""
    here = os.getcwd()
    return tuple(path for path in sys.path if path and os.path.realpath(path) != here)


@cache
def is_installed(name: str) -> bool:
    """Whether `import name` finds a module of Python or of an installed package."""
    if name in sys.stdlib_module_names:
        return True
    if not name.isidentifier():
        return False
    found = importlib.machinery.PathFinder.find_spec(name, list(_module_paths()))
    return found is not None and found.origin is not None
