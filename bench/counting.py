"""Runs a command and counts what its whole process tree used: JVMs, orphans and boxes included.

With a control group that this user may make, the kernel counts. Else this process adopts orphans and adds up what its
children used; memory is then a sum over processes, which counts shared pages more than once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from groundschool.grading.box import cgroup

PR_SET_CHILD_SUBREAPER = 36
SECONDS_BETWEEN_LOOKS = 0.05
SECONDS_FOR_ORPHANS = 60.0
JOIN = 'for door in $DOORS; do echo 0 > "$door" || exit 1; done; exec "$@"'


class CommandFailed(Exception):
    """A measured command ended with an exit code that was not expected; the message ends with what it said."""


@dataclass(frozen=True)
class Used:
    """What a command used: processor seconds, wall seconds, and the highest memory seen, in bytes, without files
    cached.
    """

    cpu: float
    wall: float
    memory: int


# What stands before the command, what is added to its environment, and what counts CPU and memory once it has ended.
Meter = tuple[list[str], dict[str, str], Callable[[], tuple[float, int]]]


def how() -> str:
    """How is counted here: "cgroup" or "child subreaper"."""
    return "cgroup" if cgroup.find() else "child subreaper"


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], *, codes: Sequence[int] = (0,)) -> Used:
    """Runs the command in `folder`. Raises CommandFailed when its exit code is not one of `codes`."""
    hierarchy = cgroup.find()
    meter = _grouped(hierarchy) if hierarchy else _adopted()
    with meter as (prefix, added, count):
        started = time.monotonic()
        done = subprocess.run(
            [*prefix, *command], cwd=folder, env={**environment, **added}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        wall = time.monotonic() - started
        cpu, memory = count()
    if done.returncode not in codes:
        raise CommandFailed(f"{' '.join(command)} ended with {done.returncode}: {done.stdout[-2000:]}")
    return Used(cpu, wall, memory)


@contextlib.contextmanager
def _grouped(hierarchy: cgroup.Hierarchy) -> Iterator[Meter]:
    """A group for everything, one in it for the command; boxes make theirs beside that, as GROUNDSCHOOL_CGROUP tells
    them.
    """
    name = f"bench-{os.getpid()}"
    whole = [parent / name for parent in hierarchy.parents]
    own = [folder / "command" for folder in whole]
    for folder in [*whole, *own]:
        folder.mkdir()
        if hierarchy.version == 2 and folder in whole:
            (folder / "cgroup.subtree_control").write_text("+memory +pids")
    doors = " ".join(str(folder / "cgroup.procs") for folder in own)
    inside = str(whole[0].relative_to(cgroup.MOUNT / ("" if hierarchy.version == 2 else "memory")))
    looks = _Looks(lambda: _anonymous(whole[0]))

    def count() -> tuple[float, int]:
        _await_end(own)
        return _cpu(whole), looks.stop()

    try:
        yield ["sh", "-c", JOIN, "sh"], {"DOORS": doors, "GROUNDSCHOOL_CGROUP": inside}, count
    finally:
        looks.stop()
        for folder in [*own, *whole]:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _cpu(whole: Sequence[Path]) -> float:
    nanoseconds = next((path for folder in whole if (path := folder / "cpuacct.usage").exists()), None)
    if nanoseconds:
        return int(nanoseconds.read_text()) / 1e9
    return _keyed(whole[0] / "cpu.stat", "usage_usec") / 1e6


def _anonymous(group: Path) -> int:
    return _keyed(group / "memory.stat", "total_rss") or _keyed(group / "memory.stat", "anon")


def _keyed(path: Path, key: str) -> int:
    lines = path.read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.split()[0] == key), 0)


def _await_end(folders: Sequence[Path]) -> None:
    """A JVM outlives the Python that started it by a moment."""
    deadline = time.monotonic() + SECONDS_FOR_ORPHANS
    while any((folder / "cgroup.procs").read_text() for folder in folders) and time.monotonic() < deadline:
        time.sleep(SECONDS_BETWEEN_LOOKS)


@contextlib.contextmanager
def _adopted() -> Iterator[Meter]:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before, looks = _children(), _Looks(_resident)

    def count() -> tuple[float, int]:
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()
        return _children() - before, looks.stop()

    try:
        yield [], {}, count
    finally:
        looks.stop()


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident() -> int:
    total = 0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total


class _Looks:
    """Looks at a number from a thread, many times a second, and keeps the highest."""

    def __init__(self, look: Callable[[], int]) -> None:
        self._look, self._highest, self._ended = look, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Ends the thread and returns the highest number seen."""
        self._ended.set()
        self._thread.join()
        return self._highest

    def _watch(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            with contextlib.suppress(OSError):
                self._highest = max(self._highest, self._look())
