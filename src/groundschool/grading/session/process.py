"""One process of a submission, in a box of its own: the candidate's, the examiner's, the one of the queries or of the
lab.

Speaks raw messages with a deadline. When the process is gone or late, says why: that is what the box reports, never
what the process said.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundschool.checks.answers import ENDED, Stopped
from groundschool.grading import wire
from groundschool.grading.box.box import Box, BoxError, Usage
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import Limits
from groundschool.grading.wire.budget import TooLarge

MEGABYTE = 1 << 20
MANY = 1 << 30  # more than were counted before: the end of a box tells only that it happened


class Interrupted(BaseException):
    """The whole run is being stopped, so that nothing may be said of the submission. No `Exception`: whoever makes a
    verdict of what went wrong must not make one of this.
    """


@dataclass(frozen=True)
class Spent:
    """What a box had used when a process was asked, by which its end is explained."""

    cpu_seconds: float = 0.0
    memory_kills: int = 0
    refused_tasks: int = 0


class Side:
    """A role being played in a box (or in a bare process, when `boxed` is false). Raises BoxError when it cannot be
    begun.
    """

    def __init__(
        self,
        server: ForkServer,
        role: str,
        limits: Limits,
        boxed: bool,
        *,
        readonly: Sequence[Path] = (),
        sockets: Sequence[tuple[Path, str]] = (),
        request: dict[str, Any] | None = None,
    ) -> None:
        self.limits = limits
        self.interrupted = False
        self._closing = threading.Lock()
        self.usage: Usage | None = None
        self.box = Box(limits, readonly=readonly, sockets=sockets) if boxed else None
        try:
            if self.box:
                self.box.start()
            self.channel = server.enter(self.box, role, request or {})
        except (BoxError, OSError) as error:
            if self.box:
                self.box.close()
            raise error if isinstance(error, BoxError) else BoxError(f"A box could not be made: {error}.") from error

    def relay(self, message: bytes, seconds: float = 0) -> bytes:
        """Sends a packed message and returns the reply unread. Raises Stopped, which ends the box, when none comes in
        time.
        """
        seconds = seconds or self.limits.wall_seconds
        try:
            return exchange(self.channel, message, seconds, self.limits.output_bytes)
        except (TimeoutError, TooLarge, wire.Closed, OSError) as error:
            self.close()
            raise self.explained(error, seconds) from None

    def explained(self, error: Exception, seconds: float, before: Spent | None = None) -> Stopped:
        """Why an exchange failed: what the box counted, since `before` where it still lives. Raises Interrupted."""
        if self.interrupted:
            raise Interrupted
        since, now = before or Spent(), self.spent()
        if isinstance(error, TooLarge):
            return Stopped("refused", f"It handed over more than {self.limits.output_bytes // MEGABYTE} MB.")
        if isinstance(error, TimeoutError):
            told = f"It ran longer than {seconds:g} seconds and was stopped."
            if now.refused_tasks > since.refused_tasks:
                told += f" It had reached its limit of {self.limits.tasks} processes."
            return Stopped("timed_out", told)
        if now.memory_kills > since.memory_kills:
            most = self.limits.memory_bytes // MEGABYTE
            return Stopped("out_of_memory", f"It used more than {most:,} MB of memory and was stopped.")
        if now.cpu_seconds - since.cpu_seconds >= self.limits.cpu_seconds * 0.95:
            most = self.limits.cpu_seconds
            return Stopped("timed_out", f"It used more than {most:g} seconds of processor time and was stopped.")
        return Stopped("crashed", ENDED)

    def spent(self) -> Spent:
        """What the box has used until now, or altogether once it is closed."""
        if self.usage:
            return Spent(self.usage.cpu_seconds, MANY * self.usage.out_of_memory, MANY * self.usage.too_many_tasks)
        counts = self.box.counts() if self.box else None
        return Spent(counts.cpu_seconds, counts.memory_kills, counts.refused_tasks) if counts else Spent()

    @property
    def alive(self) -> bool:
        """Whether the side was not closed yet."""
        return self.channel.fileno() >= 0

    def interrupt(self) -> None:
        """Ends it while another thread awaits it, which then raises Interrupted."""
        self.interrupted = True
        self.close()

    def close(self) -> None:
        """Ends the process and all it started. May be called twice, and by two threads at once."""
        with self._closing:
            if not self.alive:
                return
            hang_up(self.channel)
            if self.box:
                self.usage = self.box.close()


def exchange(channel: socket.socket, message: bytes, seconds: float, cap: int) -> bytes:
    """Sends a message and returns the reply. Raises TimeoutError, TooLarge, Closed or OSError: the channel is of no use
    then.
    """
    deadline = time.monotonic() + seconds
    channel.settimeout(seconds)
    wire.send_raw(channel, message)
    return wire.receive_raw(channel, cap, deadline)


def hang_up(channel: socket.socket) -> None:
    """Closes a channel, whoever else holds its end."""
    with contextlib.suppress(OSError):
        channel.shutdown(socket.SHUT_RDWR)
    channel.close()
