"""The driver's handle on a fork server: a fresh process that holds libraries and nothing else, and forks a child a
request.

Never a fork of the driver, which has read submissions and hidden tests. What the process does is in `entry`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any

from groundschool.grading.box import forked, linux, seccomp
from groundschool.grading.box.box import Box, BoxError
from groundschool.grading.box.limits import CANDIDATE_JVM

SECONDS_TO_ENTER = 60.0
LONGEST_REASON = 2000


class ForkServer:
    """One role's, or several roles', warm process. A context manager; may be used by several threads.

    `roles` is a module with a function `<role>(channel, request)` for each role, and perhaps `warm()`, which is called
    once before serving. `preload` are modules imported before it. `environment` is set in the server and in every
    child.
    """

    def __init__(self, roles: str, *, preload: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self.roles, self.environment = roles, dict(environment or {})
        self._control, theirs = socket.socketpair()
        self._lock = threading.Lock()
        self._ready = False
        executable = _interpreter()
        with theirs:
            self._process = subprocess.Popen(
                # The environment is the one given here: nothing of the user's own reaches a role.
                [sys.executable, "-s", "-P", "-B", "-m", forked.__name__, str(theirs.fileno()), roles, *preload],
                executable=f"/proc/self/fd/{executable}" if executable >= 0 else None,
                pass_fds=[theirs.fileno(), *([executable] if executable >= 0 else [])],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**forked.SINGLE_THREADED, "LANG": "C.UTF-8", "HOME": "/nonexistent", **self.environment},
                process_group=0,
            )
        if executable >= 0:
            os.close(executable)

    def enter(self, box: Box | None, role: str, request: dict[str, Any]) -> socket.socket:
        """A child plays `role` in `box`, or in no box; returns the channel to it. The caller closes it.

        Without a box the child is a plain process that ends, with all it started, when the channel is closed. The
        strings under `request["environment"]` are set in the child. Raises BoxError when it could not enter.
        """
        self._await()
        channel, theirs = socket.socketpair()
        try:
            admission = box.admit() if box else []
            try:
                with theirs:
                    socket.send_fds(self._control, [b"!"], [theirs.fileno(), *admission])
            finally:
                for descriptor in admission:
                    os.close(descriptor)
            self._order(channel, box, role, request)
        except OSError as error:
            channel.close()
            raise BoxError(f"The fork server of {self.roles} or its child ended early: {error}.") from error
        except BoxError:
            channel.close()
            raise
        return channel

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the server's process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Ends the server. Children in boxes end with their boxes, others with their channels. May be called twice."""
        self._control.close()
        self._process.wait()

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _await(self) -> None:
        """Waits once until the server has imported everything."""
        with self._lock:
            if not self._ready:
                self._expect_ready(self._control, f"The fork server of {self.roles} did not start")
                self._ready = True

    def _order(self, channel: socket.socket, box: Box | None, role: str, request: dict[str, Any]) -> None:
        order = {
            "role": role,
            "request": request,
            "environment": self.environment,
            "limits": asdict(box.limits if box else CANDIDATE_JVM),
            "filter": b64encode(seccomp.program()).decode() if box else "",
            "answers": [(*call, b64encode(content).decode()) for *call, content in seccomp.answers(box.limits)]
            if box
            else [],
        }
        content = json.dumps(order).encode()
        channel.settimeout(SECONDS_TO_ENTER)
        channel.sendall(forked.LENGTH.pack(len(content)) + content)
        self._expect_ready(channel, f"The role {role} could not be played")
        channel.settimeout(None)

    def _expect_ready(self, sock: socket.socket, failure: str) -> None:
        if (mark := sock.recv(1)) == forked.READY:
            return
        reason = sock.recv(LONGEST_REASON).decode(errors="replace") if mark else ""
        raise BoxError(f"{failure}: {reason or 'its process ended without a word'}.")


def _interpreter() -> int:
    """A descriptor of the interpreter's copy in memory, or -1 where there is no such thing."""
    return linux.sealed_copy(os.path.realpath(sys.executable)) if sys.platform == "linux" else -1
