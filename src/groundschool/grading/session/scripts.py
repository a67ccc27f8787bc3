"""The scripts of one submission's jobs: the lab asks for each over a socket, and each gets a box of its own.

What a script leaves behind ends with its box, and no other script is to be seen from there. What a script is, and
whose rights it has, is the lab's.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable

from groundschool.grading.box.box import BoxError
from groundschool.grading.session.process import Interrupted, Side, hang_up

AT_ONCE = 2  # boxes of a submission's scripts; each may use a candidate's memory
PAUSE = 0.1  # seconds
SECONDS = 1.0  # until an end is noticed where closing a socket wakes nobody


class Scripts:
    """Serves `listener` until it is closed; `start` makes the side of one script."""

    def __init__(self, listener: socket.socket, start: Callable[[], Side]) -> None:
        self._listener, self._start = listener, start
        self._sides: set[Side] = set()
        self._lock = threading.Lock()
        self._ends = 0
        self._free = threading.BoundedSemaphore(AT_ONCE)
        listener.settimeout(SECONDS)
        threading.Thread(target=self._serve, name="scripts", daemon=True).start()

    def end(self) -> None:
        """Ends all scripts that run or wait now."""
        with self._lock:
            sides, self._ends = list(self._sides), self._ends + 1
        for side in sides:
            side.close()

    def close(self) -> None:
        """Ends all scripts, and serves no more."""
        hang_up(self._listener)
        self.end()

    def _serve(self) -> None:
        while self._listener.fileno() >= 0:
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:  # it is closed, or this process may open no more: the next try is to cost nothing
                time.sleep(PAUSE)
                continue
            threading.Thread(target=self._run, args=(connection, self._ends), name="script", daemon=True).start()

    def _run(self, connection: socket.socket, ends: int) -> None:
        """One script; whoever asked for it hears nothing where there can be no box, and takes that for its end."""
        with connection, self._free, contextlib.suppress(BoxError, OSError, Interrupted):
            if self._ends != ends:
                return
            side = self._start()
            with self._lock:
                self._sides.add(side)
            try:
                if self._ends != ends:
                    return
                socket.send_fds(side.channel, [b"!"], [connection.fileno()])
                connection.close()  # here: its end is the script's alone
                side.channel.recv(1)  # returns when the process that runs the script ends
            finally:
                with self._lock:
                    self._sides.discard(side)
                side.close()
