"""One process of a submission, in a box of its own: the candidate's, the examiner's or the SQL worker's.

Speaks raw messages with a deadline. When the process is gone or late, says why: that is what the box reports, never what the
process said.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from groundschool.checks.answers import ENDED, Stopped
from groundschool.grading import wire
from groundschool.grading.box.box import Box, BoxError, Usage
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import Limits
from groundschool.grading.wire import protocol
from groundschool.grading.wire.budget import TooLarge
from groundschool.grading.wire.protocol import Message

MEGABYTE = 1 << 20


class Side:
    """A role being played in a box (or in a bare process, when `boxed` is false). Raises BoxError when it cannot be begun."""

    def __init__(self, server: ForkServer, role: str, limits: Limits, boxed: bool, *, readonly: Sequence[Path] = (),
                 sockets: Sequence[tuple[Path, str]] = (), request: dict[str, Any] | None = None) -> None:  # fmt: skip
        self.limits = limits
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

    def relay(self, message: bytes, seconds: float = 0, cap: int = 0) -> bytes:
        """Sends a packed message and returns the reply unread.

        Raises Stopped when none comes in time, or one over `cap`: what the box's limits let out where nothing else is said.
        """
        seconds, cap = seconds or self.limits.wall_seconds, cap or self.limits.output_bytes
        deadline = time.monotonic() + seconds
        try:
            self.channel.settimeout(seconds)
            wire.send_raw(self.channel, message)
            return wire.receive_raw(self.channel, cap, deadline)
        except TimeoutError:
            self.close()
            also = (
                f" It had reached its limit of {self.limits.tasks} processes."
                if self.usage and self.usage.too_many_tasks
                else ""
            )
            raise Stopped("timed_out", f"It ran longer than {seconds:g} seconds and was stopped.{also}") from None
        except TooLarge:
            self.close()
            raise Stopped("refused", f"It handed over more than {cap // MEGABYTE} MB.") from None
        except (wire.Closed, OSError):
            self.close()
            raise self._why() from None

    def ask(self, message: Message, seconds: float = 0) -> protocol.OfCell:
        """Sends a message and reads the reply, which is small. One that cannot be read ends the process."""
        try:
            return protocol.CELLS.read(self.relay(protocol.pack(message), seconds, protocol.LARGEST_SHOWN))[0]
        except (wire.Malformed, TooLarge):
            self.close()
            raise Stopped("crashed", "Its process sent something that is no message.") from None

    def _why(self) -> Stopped:
        usage = self.usage
        if usage and usage.out_of_memory:
            return Stopped(
                "out_of_memory",
                f"It used more than {self.limits.memory_bytes // MEGABYTE:,} MB of memory and was stopped.",
            )
        if usage and usage.cpu_seconds >= self.limits.cpu_seconds * 0.95:
            return Stopped(
                "timed_out", f"It used more than {self.limits.cpu_seconds:g} seconds of processor time and was stopped."
            )
        return Stopped("crashed", ENDED)

    @property
    def alive(self) -> bool:
        """Whether the side was not closed yet."""
        return self.channel.fileno() >= 0

    def close(self) -> None:
        """Ends the process and all it started. May be called twice."""
        if not self.alive:
            return
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        self.channel.close()
        if self.box:
            self.usage = self.box.close()
