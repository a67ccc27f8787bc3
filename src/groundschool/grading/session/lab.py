"""The lab of one submission: a lab box, and the one socket by which the candidate's and the examiner's boxes reach it.

The socket outlives the box behind it, so that the lab can be begun afresh when the candidate's cells run again.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from groundschool.grading.session.process import Side
from groundschool.lab.access import new_keys

IN_BOX = "/run/lab.sock"
BACKLOG = 128


class Laboratory:
    """`start` makes a lab's side, given its request. Nothing runs before `renew`."""

    def __init__(self, start: Callable[[dict[str, Any]], Side], boxed: bool) -> None:
        self._start, self._boxed = start, boxed
        self._keys = {role: asdict(key) for role, key in new_keys().items()}
        self._side: Side | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="groundschool-lab-"))
        self.socket = self._folder / "lab.sock"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.socket))
        self._listener.listen(BACKLOG)

    def renew(self) -> None:
        """Begins an empty lab; the one before ends."""
        if self._side:
            self._side.close()
        self._side = self._start({"keys": self._keys})
        socket.send_fds(self._side.channel, [b"!"], [self._listener.fileno()])

    def request(self, role: str) -> dict[str, Any]:
        """What the side that plays `role` needs to reach the lab: the socket where it sees it, and its own key only."""
        return {"socket": IN_BOX if self._boxed else str(self.socket), "keys": {role: self._keys[role]}}

    @property
    def binds(self) -> list[tuple[Path, str]]:
        """The socket and its place in a box."""
        return [(self.socket, IN_BOX)]

    def close(self) -> None:
        """Ends the lab. May be called twice."""
        if self._side:
            self._side.close()
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)
