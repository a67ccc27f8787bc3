"""The processes of one candidate's box: the one that runs the cells, one to go on with, and one for each answer that is
called.

All are forks of the first. Each has a channel of its own, whose ends are made here: no descriptor ever comes out of a
box.
"""

from __future__ import annotations

import contextlib
import socket
import sys
from dataclasses import dataclass

from groundschool.checks.answers import Stopped
from groundschool.grading import wire
from groundschool.grading.session.process import Side, exchange, hang_up
from groundschool.grading.wire import protocol
from groundschool.grading.wire.budget import Malformed, TooLarge
from groundschool.grading.wire.protocol import Message

FORKS = sys.platform == "linux"  # elsewhere a system's own libraries do not survive it
SECONDS_TO_FORK = 20.0
SECONDS_TO_END = 20.0
NO_MESSAGE = "Its process sent something that is no message."
LOST = (TimeoutError, TooLarge, wire.Closed, OSError)


@dataclass(frozen=True)
class Fork:
    """A forked process, by its number in the box."""

    channel: socket.socket
    pid: int


class Family:
    """`main` runs the cells. It is `lost` when it ended or can't be understood any more; `recover` may bring it
    back.
    """

    def __init__(self, side: Side) -> None:
        self.side = side
        self.limits = side.limits
        self.lost = False
        self._main = side.channel
        self._spare: Fork | None = None
        self._answers: dict[str, Fork] = {}
        self._older: frozenset[str] = frozenset()  # the questions whose process is older than the spare one

    def ask(self, message: Message, seconds: float) -> protocol.OfCell:
        """A request to the main process. Raises Stopped, and it is lost then."""
        before = self.side.spent()
        try:
            return protocol.CELLS.read(self._exchange(self._main, message, seconds))[0]
        except Malformed:
            stopped = Stopped("crashed", NO_MESSAGE)
        except LOST as error:
            stopped = self.side.explained(error, seconds, before)
        self.lost = True
        raise stopped

    def relay(self, test: str, message: bytes, seconds: float) -> bytes:
        """Passes a request on to the process of a question's calls, or to the main one where it has none.

        Raises Stopped, and that process has ended then, with all it started.
        """
        fork, before = self._answers.get(test), self.side.spent()
        channel = fork.channel if fork else self._main
        try:
            return exchange(channel, message, seconds, self.limits.output_bytes)
        except LOST as error:
            stopped = self.side.explained(error, seconds, before)
        if not fork:
            self.lost = True
            raise stopped
        self.end(test)
        ended_with_box = self.lost and stopped.outcome == "crashed"
        raise self.side.explained(wire.Closed(), seconds, before) if ended_with_box else stopped

    def has(self, test: str) -> bool:
        """Whether a question has a process of its own."""
        return test in self._answers

    def fork_for(self, test: str) -> None:
        """Forks the process of a question's calls. Raises Stopped when there can be none."""
        if test in self._answers:
            self.end(test)
        self._answers[test] = self._fork()

    def end(self, test: str) -> None:
        """Ends the process of a question's calls, with all it started; where that fails, the box."""
        fork = self._answers.pop(test)
        hang_up(fork.channel)
        try:
            if isinstance(self.ask(protocol.EndFork(fork.pid), SECONDS_TO_END), protocol.Done):
                return
        except Stopped:
            pass
        self.close()

    @property
    def keeps_spares(self) -> bool:
        """Whether a process to go on with outlives the main one: without a box, what it started ends with it."""
        return FORKS and self.side.box is not None

    @property
    def has_spare(self) -> bool:
        """Whether there is a process to go on with."""
        return self._spare is not None

    def spare(self) -> None:
        """Forks a process to go on with, from here, in place of the one before. Raises Stopped when there can be
        none.
        """
        fresh = self._fork()
        if self._spare:
            hang_up(self._spare.channel)
        self._spare, self._older = fresh, frozenset(self._answers)

    def recover(self) -> bool:
        """Goes on with the spare process, where the last one was made; whether there was one that could."""
        spare, self._spare = self._spare, None
        if spare is None:
            return False
        hang_up(self._main)
        self._main, self.lost = spare.channel, False
        for test in self._answers.keys() - self._older:  # they end with whatever else was started since
            hang_up(self._answers.pop(test).channel)
        with contextlib.suppress(Stopped):
            return isinstance(self.ask(protocol.TakeOver(), SECONDS_TO_END), protocol.Done)
        return False

    def is_fit(self) -> bool:
        """Whether answers can still be called: the JVM, which they share, has not ended."""
        with contextlib.suppress(Stopped):
            said = self.ask(protocol.Check(), SECONDS_TO_END)
            return not self.lost and said == protocol.Checked(True)
        return False

    def close(self) -> None:
        """Ends them all. May be called twice."""
        self.lost = True
        for fork in self._answers.values():
            hang_up(fork.channel)
        self._answers.clear()
        if self._spare:
            hang_up(self._spare.channel)
        if self._main is not self.side.channel:
            hang_up(self._main)
        self.side.close()

    def _fork(self) -> Fork:
        ours, theirs = socket.socketpair()
        before = self.side.spent()
        with theirs:
            try:
                self._main.settimeout(SECONDS_TO_FORK)
                wire.send_raw(self._main, protocol.pack(protocol.Fork()))
                socket.send_fds(self._main, [b"!"], [theirs.fileno()])
                reply = wire.receive_raw(self._main, protocol.LARGEST_SHOWN)
                said, _ = protocol.CELLS.read(reply)
            except (Malformed, *LOST) as error:
                ours.close()
                self.lost = True
                raise self.side.explained(error, SECONDS_TO_FORK, before) from None
        if not isinstance(said, protocol.Forked):
            ours.close()
            raise Stopped("crashed", f"No process could be started for it; there may be {self.limits.tasks}.")
        return Fork(ours, said.pid)

    def _exchange(self, channel: socket.socket, message: Message, seconds: float) -> bytes:
        return exchange(channel, protocol.pack(message), seconds, protocol.LARGEST_SHOWN)
