"""A box: an empty sandbox built by bubblewrap, which one process enters and which is then ended with everything in it.

What is inside is described in `bubblewrap`, how a process enters in `entry`. No hostile code has run in a box when it
is entered, and it is never entered twice.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from groundschool.errors import GroundSchoolError
from groundschool.grading.box import advice, bubblewrap, cgroup, seccomp
from groundschool.grading.box.limits import Limits
from groundschool.grading.box.watcher import Watcher

SECONDS_TO_START = 20.0
SECONDS_TO_REPORT = 10.0
# Joins the groups named before "--", then becomes what stands behind it: nothing of the box is ever outside its groups.
JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 1; shift; done; shift; exec "$@"'


class BoxError(GroundSchoolError):
    """A box could not be made or entered."""


@dataclass(frozen=True)
class Usage:
    """What a box used, as the kernel counted it, and which of its caps were met.

    `exit` is the exit status of the process that entered, negative for a signal; None when it was still running at the
    end. Without a cgroup, CPU is that of the entered process and of the children it waited for.
    """

    cpu_seconds: float
    peak_memory_bytes: int
    out_of_memory: bool
    too_many_tasks: bool
    exit: int | None


class Box:
    """A sandbox for one process and what it starts. A context manager: started on entry, closed on exit.

    `readonly` are host paths bound read-only at the same place, `sockets` pairs of a host's unix socket and its path
    inside. The thread that starts a box must outlive it: bubblewrap dies with its parent.
    """

    def __init__(
        self, limits: Limits, *, readonly: Sequence[Path] = (), sockets: Sequence[tuple[Path, str]] = ()
    ) -> None:
        self.limits, self.readonly, self.sockets = limits, tuple(readonly), tuple(sockets)
        self._group: cgroup.Cgroup | None = None
        self._watcher: Watcher | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.pid = 0  # of the box's first process, once a process entered
        self._pidfd = -1
        self._report = -1
        self._usage: Usage | None = None
        self._entered = False

    def start(self) -> None:
        """Starts to build the box and returns at once, so that several are built side by side. Raises BoxError."""
        program, filtered = bubblewrap.find(), seccomp.program()
        if program is None:
            raise BoxError(advice.NO_BUBBLEWRAP)
        hierarchy = cgroup.find()
        self._group = cgroup.Cgroup(hierarchy, self.limits) if hierarchy else None
        self._control, theirs = socket.socketpair()
        self._information, information = os.pipe()
        with theirs, _descriptors(self.limits) as written, _in_memory(filtered) as rules:
            own = ["--info-fd", str(information), "--seccomp", str(rules)]
            command = [*self._join(), str(program), *own]
            command += bubblewrap.arguments(self.limits, self.readonly, self.sockets, written)
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.PIPE,  # a file could be opened again from inside, by /proc/1/fd/2
                pass_fds=[information, rules, *written.values()],
                env={},
                cwd="/",
                process_group=0,  # an interrupt typed at the terminal is for the driver alone
            )
        os.close(information)
        with contextlib.suppress(BrokenPipeError):
            self._control.send(b"!")

    def admit(self) -> list[int]:
        """Waits until the box is complete; returns what one process needs to enter it, for the caller to close.

        The descriptors are: the box's first process, a pipe for the report, the doors of the groups. Raises BoxError.
        """
        if self._entered:
            raise BoxError("A box was to be entered twice; each process needs a box of its own.")
        self._entered = True
        self.pid = self._await()
        self._pidfd = os.pidfd_open(self.pid)
        if self._group is None:
            self._watcher = Watcher(self.pid, self._pidfd, bubblewrap.WRITABLE, self.limits)
        self._report, report = os.pipe()
        doors = [os.open(door, os.O_WRONLY) for door in self._group.doors] if self._group else []
        return [os.dup(self._pidfd), report, *doors]

    def counts(self) -> cgroup.Counts | None:
        """What the kernel counted until now; None without a cgroup."""
        return self._group.counts() if self._group else None

    def close(self) -> Usage:
        """Kills everything in the box and waits until it is gone. May be called twice."""
        if self._usage is None:
            self._end()
            self._usage = self._count()
            if self._group:
                self._group.remove()
        return self._usage

    def __enter__(self) -> Box:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _join(self) -> list[str]:
        doors = self._group.doors if self._group else []
        return ["/bin/sh", "-c", JOIN, "sh", *map(str, doors), "--"] if doors else []

    def _await(self) -> int:
        """The pid of the box's first process, once it echoed a byte: bubblewrap's own word comes too early."""
        if self._process is None:
            raise BoxError("A box was to be entered before it was started.")
        information = b""
        with open(self._information, "rb", buffering=0) as pipe:
            while b"}" not in information and (part := pipe.read(4096)):
                information += part
        self._control.settimeout(SECONDS_TO_START)
        with contextlib.suppress(OSError):
            if information and self._control.recv(1) == b"!":
                return int(json.loads(information)["child-pid"])
        self._process.kill()
        assert self._process.stderr is not None
        reason = self._process.stderr.read(2000).decode(errors="replace").strip()
        raise BoxError(f"The sandbox did not start: {reason or 'bubblewrap ended without a word'}. {advice.advice()}")

    def _end(self) -> None:
        if self._watcher:
            self._watcher.stop()
        if self._process is None:
            return
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
        else:
            self._process.kill()
            if not self._entered:
                os.close(self._information)
        self._control.close()
        self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()

    def _count(self) -> Usage:
        report = self._read_report()
        counts = self._group.counts() if self._group else None
        watcher = self._watcher
        status = report.get("exit")
        return Usage(
            cpu_seconds=counts.cpu_seconds if counts else float(report.get("cpu_seconds", 0.0)),
            peak_memory_bytes=(counts.peak_memory_bytes if counts else 0)
            or max(watcher.peak_memory_bytes if watcher else 0, int(report.get("peak_memory_bytes", 0))),
            out_of_memory=bool(counts and counts.memory_kills) or bool(watcher and watcher.out_of_memory),
            too_many_tasks=bool(counts and counts.refused_tasks) or bool(watcher and watcher.too_many_tasks),
            exit=int(status) if status is not None else None,
        )

    def _read_report(self) -> dict[str, Any]:
        """What the entered process's parent, which is outside the pid namespace, learned from the kernel."""
        if self._report < 0:
            return {}
        content = b""
        with open(self._report, "rb", buffering=0) as pipe:
            while select.select([pipe], [], [], SECONDS_TO_REPORT)[0] and (part := pipe.read(4096)):
                content += part
        report: dict[str, Any] = json.loads(content or b"{}")
        return report


@contextlib.contextmanager
def _in_memory(content: bytes) -> Iterator[int]:
    """A descriptor of a nameless file with this content, at its start."""
    descriptor = os.memfd_create("box")
    try:
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _descriptors(limits: Limits) -> Iterator[dict[str, int]]:
    """The files written for a box, by their path in it."""
    files = bubblewrap.written(limits).items()
    with contextlib.ExitStack() as stack:
        yield {path: stack.enter_context(_in_memory(text.encode())) for path, text in files}
