"""The lab of one submission: a lab box, and the one socket by which the candidate's and the examiner's boxes reach it.

The socket outlives the box behind it, so that the lab can be begun afresh when the candidate's cells run again. A
question is examined on the state that the lab had at its test cell's place: `keep` it there, `restore` it before the
checks.
"""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from groundschool.grading.session.process import Side
from groundschool.grading.session.scripts import Scripts
from groundschool.lab.access import LabError, new_keys
from groundschool.lab.client import SECONDS, controlled

IN_BOX = "/run/lab.sock"
JOBS_IN_BOX = "/run/jobs.sock"
BACKLOG = 128


class Laboratory:
    """`start` makes a lab's side, `start_jobs` that of a script it is given. Nothing runs before `renew`."""

    def __init__(self, start: Callable[..., Side], start_jobs: Callable[..., Side], boxed: bool) -> None:
        self._start, self._boxed = start, boxed
        self._keys = {role: asdict(key) for role, key in new_keys().items()}
        self._side: Side | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="groundschool-lab-"))
        self.socket, self.jobs = self._folder / "lab.sock", self._folder / "jobs.sock"
        self._listener = _listening(self.socket)
        self._scripts = Scripts(
            _listening(self.jobs), lambda: start_jobs(request={"lab": self._seen}, sockets=self.binds)
        )

    def renew(self) -> None:
        """Begins an empty lab; the one before ends, with the scripts it had run."""
        self._end()
        place = JOBS_IN_BOX if self._boxed else str(self.jobs)
        asked = {"keys": self._keys, "jobs": place}
        self._side = self._start(request=asked, sockets=[(self.jobs, JOBS_IN_BOX)])
        socket.send_fds(self._side.channel, [b"!"], [self._listener.fileno()])

    def keep(self, test: str) -> None:
        """Keeps the present state as the one that a test cell is to find."""
        self._control("keep", test)

    def restore(self, test: str) -> None:
        """Makes the state kept for a test cell the present one, if there is one."""
        self._control("restore", test)

    def _control(self, operation: str, test: str) -> None:
        # A lab that a candidate has brought down costs the questions that look at it, in their own checks.
        with contextlib.suppress(LabError):
            controlled(_Connection(self.socket), self._keys["examiner"]["secret"], operation, f"test {test}")

    def request(self, role: str) -> dict[str, Any]:
        """What the side that plays `role` needs to reach the lab: the socket where it sees it, and its own key only."""
        return {"socket": self._seen, "keys": {role: self._keys[role]}}

    @property
    def binds(self) -> list[tuple[Path, str]]:
        """The socket and its place in a box."""
        return [(self.socket, IN_BOX)]

    def close(self) -> None:
        """Ends the lab. May be called twice."""
        self._end()
        self._listener.close()
        self._scripts.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _seen(self) -> str:
        """Where the sides of a submission see the lab's socket."""
        return IN_BOX if self._boxed else str(self.socket)

    def _end(self) -> None:
        self._scripts.end()
        if self._side:
            self._side.close()


def _listening(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(BACKLOG)
    return listener


class _Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("127.0.0.1", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connects to the socket in place of a port."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(SECONDS)
        self.sock.connect(str(self._path))
