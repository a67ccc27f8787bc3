"""Control groups, version 1 or 2: caps on the memory and tasks of one box, and what the kernel counted for it.

Works as root, in a group delegated by GROUNDSCHOOL_CGROUP (its path below the mount, in each hierarchy of version 1),
and on a desktop with a systemd user manager. `find` says None where none of these holds; `watcher` then does what it
can.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from groundschool.grading.box.limits import Limits

MOUNT = Path("/sys/fs/cgroup")
VARIABLE = "GROUNDSCHOOL_CGROUP"
NAME = re.compile(r"groundschool-(\d+)-\d+")
SECONDS_TO_EMPTY = 5.0  # for a killed box with hundreds of thousands of files to give back

_numbers = itertools.count()


@dataclass(frozen=True)
class Hierarchy:
    """Where groups can be made: the version, and the folder (one for each controller in version 1)."""

    version: int
    parents: tuple[Path, ...]


@dataclass(frozen=True)
class Counts:
    """What the kernel counted for a group; a value it does not keep is 0."""

    cpu_seconds: float
    peak_memory_bytes: int
    memory_kills: int
    refused_tasks: int


@functools.cache
def find(mount: Path = MOUNT) -> Hierarchy | None:
    """The hierarchy in which this process can make groups that cap memory and tasks, or None. Tried, not guessed."""
    wanted = os.environ.get(VARIABLE, "").strip("/")
    if (mount / "cgroup.controllers").exists():
        parents = [mount / wanted] if wanted else [_own_group(mount).parent, mount]
        candidates = [Hierarchy(2, (parent,)) for parent in parents if parent.is_relative_to(mount)]
    else:
        candidates = [Hierarchy(1, tuple(mount / kind / wanted for kind in ("memory", "pids", "cpuacct")))]
    for hierarchy in candidates:
        if _works(hierarchy):
            _sweep(hierarchy)
            return hierarchy
    return None


class Cgroup:
    """One group, made now. Raises OSError when it cannot be made."""

    def __init__(self, hierarchy: Hierarchy, limits: Limits) -> None:
        name = f"groundschool-{os.getpid()}-{next(_numbers)}"
        self.folders = tuple(parent / name for parent in hierarchy.parents)
        try:
            for folder in self.folders:
                folder.mkdir()
            self._cap(hierarchy.version, limits)
        except OSError:
            self.remove()
            raise

    def _cap(self, version: int, limits: Limits) -> None:
        memory, tasks = str(limits.memory_bytes), str(limits.tasks)
        if version == 2:
            _write(self.folders[0], {"memory.max": memory, "pids.max": tasks})
            # Not memory.oom.group: one answer's process must not take those of all others along.
            optional = {"memory.swap.max": "0"}
        else:
            _write(self.folders[0], {"memory.limit_in_bytes": memory})
            _write(self.folders[1], {"pids.max": tasks})
            optional = {"memory.memsw.limit_in_bytes": memory}
        # A kernel without swap accounting, or an old one, has no such files.
        for key, value in optional.items():
            with contextlib.suppress(OSError):
                _write(self.folders[0], {key: value})

    @property
    def doors(self) -> list[Path]:
        """The files into which a process writes 0 to join."""
        return [folder / "cgroup.procs" for folder in self.folders]

    def counts(self) -> Counts:
        """What was counted until now; meant for after the end."""
        memory = self.folders[0]
        tasks = self.folders[1] if len(self.folders) > 1 else memory
        nanoseconds = _number(self.folders[-1] / "cpuacct.usage")
        return Counts(
            cpu_seconds=nanoseconds / 1e9 or _keyed(memory / "cpu.stat", "usage_usec") / 1e6,
            peak_memory_bytes=_number(memory / "memory.max_usage_in_bytes") or _number(memory / "memory.peak"),
            memory_kills=_keyed(memory / "memory.oom_control", "oom_kill")
            or _keyed(memory / "memory.events", "oom_kill"),
            refused_tasks=_keyed(tasks / "pids.events", "max"),
        )

    def remove(self) -> None:
        """Removes the group once its last process is gone."""
        deadline = time.monotonic() + SECONDS_TO_EMPTY
        for folder in self.folders:
            while folder.exists() and not _removed(folder) and time.monotonic() < deadline:
                time.sleep(0.002)


def _works(hierarchy: Hierarchy) -> bool:
    if hierarchy.version == 2:
        with contextlib.suppress(OSError):
            _write(hierarchy.parents[0], {"cgroup.subtree_control": "+memory +pids"})
    generous = Limits(1, 1, 1 << 30, 1000, 0, 0, 0, 0)
    try:
        Cgroup(hierarchy, generous).remove()
    except OSError:
        return False
    return True


def _sweep(hierarchy: Hierarchy) -> None:
    """Removes the groups of drivers that were killed before they could."""
    for parent in hierarchy.parents:
        for folder in parent.glob("groundschool-*"):
            match = NAME.fullmatch(folder.name)
            if match and not Path("/proc", match.group(1)).exists():
                _removed(folder)


def _own_group(mount: Path) -> Path:
    """The group this process is in: beside it a user may make groups where the user manager of systemd owns the
    slice.
    """
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    return mount / own


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _write(folder: Path, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        with open(os.open(folder / key, os.O_WRONLY), "w") as file:
            file.write(value)


def _number(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0


def _keyed(path: Path, key: str) -> int:
    """The number behind `key` in a file of "key number" lines."""
    try:
        pairs: Sequence[list[str]] = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return 0
    return next((int(pair[1]) for pair in pairs if len(pair) == 2 and pair[0] == key), 0)
