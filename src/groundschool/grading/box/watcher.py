"""Watches a box where no cgroup can be made: adds up memory, files and tasks four times a second and ends the box over
its cap.

Weaker than a cgroup: a box can overshoot between two looks, and what is in neither a process nor a folder is not seen.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from groundschool.grading.box.limits import Limits

SECONDS_BETWEEN_LOOKS = 0.25
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
INODE_BYTES = 1024  # kernel memory of an empty file, which no size cap of a tmpfs counts


class Watcher:
    """Looks at one box from a thread of its own until `stop`.

    `pid` is the box's first process as seen from here, `pidfd` its descriptor, `folders` the box's writable folders.
    """

    def __init__(self, pid: int, pidfd: int, folders: Sequence[str], limits: Limits) -> None:
        self.root = Path(f"/proc/{pid}/root")
        self.pidfd, self.folders, self.limits = pidfd, folders, limits
        self.peak_memory_bytes = 0
        self.out_of_memory = False
        self.too_many_tasks = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"watcher of {pid}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Looks once more and ends the thread; to be called before the descriptor is closed."""
        self._ended.set()
        self._thread.join()
        self._try_to_look()

    def _watch(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            self._try_to_look()

    def _try_to_look(self) -> None:
        with contextlib.suppress(OSError):  # the box may end while it is looked at
            self._look()

    def _look(self) -> None:
        processes = list(self._processes())
        files = sum(map(self._file_bytes, self.folders))
        used = files + sum(map(_resident, processes))
        if used > self.limits.memory_bytes:
            # Pages shared with the fork server were counted once for each process: count exactly, which costs more.
            used = files + sum(map(_proportional, processes))
        tasks = sum(map(_tasks, processes))
        self.peak_memory_bytes = max(self.peak_memory_bytes, used)
        self.out_of_memory |= used > self.limits.memory_bytes
        self.too_many_tasks |= tasks >= self.limits.tasks
        if self.out_of_memory or tasks > self.limits.tasks:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def _processes(self) -> Iterator[Path]:
        """The box's own /proc lists its processes and no others."""
        proc = self.root / "proc"
        return (proc / name for name in os.listdir(proc) if name.isdigit())

    def _file_bytes(self, folder: str) -> int:
        used = os.statvfs(self.root / folder.lstrip("/"))
        return (used.f_blocks - used.f_bfree) * used.f_frsize + (used.f_files - used.f_ffree) * INODE_BYTES


def _resident(process: Path) -> int:
    try:
        return int((process / "statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _proportional(process: Path) -> int:
    """Memory of a process, with pages that it shares divided among those who share them."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except OSError:  # ended, or made itself unreadable: then the larger number counts
        return _resident(process)
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))


def _tasks(process: Path) -> int:
    try:
        return len(os.listdir(process / "task"))
    except OSError:
        return 0
