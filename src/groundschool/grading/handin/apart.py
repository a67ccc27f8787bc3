"""Stages hand-ins in processes of their own: what a stranger's notebook costs, it costs there, and up to a limit.

A process is started once and serves one hand-in after another. One that takes too long or too much memory ends, and its
hand-in goes to a person. What staging is, is `stage`'s.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from groundschool.course import Asked
from groundschool.grading.handin.stage import NO_SCREENS, Staged, stage

CPU_SECONDS = 20
WALL_SECONDS = 300.0  # a machine may be busy
MEMORY = 4 << 30
TOLD = "The hand-in took more than {} seconds, or too much memory, to be read; a person must look at it."


def stage_apart(
    source: Path, released: Path, target: Path, notebooks: Sequence[Path] = (), asked: Asked = NO_SCREENS
) -> Staged:
    """As `stage`; a hand-in that reaches a limit is staged as one that could not be read. May be called by several
    threads.
    """
    order = {
        "source": os.fspath(source),
        "released": os.fspath(released),
        "target": os.fspath(target),
        "notebooks": [os.fspath(path) for path in notebooks],
        "asked": asdict(asked),
        "seconds": CPU_SECONDS,
    }
    reply = _pool().ask(order)
    if reply is None:
        shutil.rmtree(target, ignore_errors=True)
        return _unread(released, target, asked)
    if error := reply.get("error"):
        raise OSError(error)
    lists = {name: tuple(reply[name]) for name in ("flags", "older", "asked")}
    return Staged(**{**reply, **lists, "notebook": Path(reply["notebook"])})


def _unread(released: Path, target: Path, asked: Asked) -> Staged:
    """The released notebook in the place of one that could not be read."""
    target.mkdir(parents=True, exist_ok=True)
    empty = target / ".empty"
    empty.mkdir()
    blank = stage(empty, released, target, asked=asked)
    empty.rmdir()
    return replace(blank, flags=(TOLD.format(CPU_SECONDS),), readable=False)


class _Worker:
    """A process that stages."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0
        )

    def ask(self, order: dict[str, Any]) -> dict[str, Any] | None:
        """The reply, or None when the process ended or was ended."""
        assert self._process.stdin
        assert self._process.stdout
        timer = threading.Timer(WALL_SECONDS, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            reply: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
        except OSError:
            reply = None
        finally:
            timer.cancel()
        return reply

    def close(self) -> None:
        """Ends the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self._process.kill()
        self._process.wait()


class _Pool:
    """As many processes as there are hand-ins staged at a time."""

    def __init__(self) -> None:
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()

    def ask(self, order: dict[str, Any]) -> dict[str, Any] | None:
        """As a process's; where one that served others before ends, a new one is asked: it may have ended of them."""
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            return self._asked(_Worker(), order)
        reply = self._asked(worker, order)
        if reply is None:
            shutil.rmtree(order["target"], ignore_errors=True)
            reply = self._asked(_Worker(), order)
        return reply

    def _asked(self, worker: _Worker, order: dict[str, Any]) -> dict[str, Any] | None:
        reply = worker.ask(order)
        if reply is None:
            worker.close()
        else:
            self._idle.put(worker)
        return reply


@cache
def _pool() -> _Pool:
    # Its processes end with this one, whose end of their pipes is the only one.
    return _Pool()


def serve() -> None:
    """What a process does: one hand-in a line, until there is none."""
    _limit_memory()
    for line in sys.stdin.buffer:
        order = json.loads(line)
        _limit_time(order["seconds"])
        try:
            staged = stage(
                Path(order["source"]),
                Path(order["released"]),
                Path(order["target"]),
                [Path(each) for each in order["notebooks"]],
                Asked(**order["asked"]),
            )
            reply = {**asdict(staged), "notebook": os.fspath(staged.notebook)}
        except OSError as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.buffer.write(json.dumps(reply).encode() + b"\n")
        sys.stdout.buffer.flush()


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def _limit_time(seconds: int) -> None:
    """Gives the process its seconds for one more hand-in; the kernel ends it when they are spent."""
    if sys.platform != "win32":
        import resource

        used, (_, most) = resource.getrusage(resource.RUSAGE_SELF), resource.getrlimit(resource.RLIMIT_CPU)
        wanted = int(used.ru_utime + used.ru_stime) + 1 + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
