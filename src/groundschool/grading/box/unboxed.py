"""A process without a box, for notebooks of our own and `--trust`: contained by nothing, but ended with all it started.

Gives it a session and an empty home of its own; a guard outside it removes both when the driver hangs up or it ends.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
from typing import NoReturn

from groundschool.grading.box import linux

MILLISECONDS_BETWEEN_LOOKS = 200
HUNG_UP = select.POLLHUP | getattr(select, "POLLRDHUP", 0)


def guard(channel: socket.socket) -> None:
    """Forks: the child returns, in a session of its own with HOME set to an empty folder; the caller guards it to its
    end.
    """
    if sys.platform == "linux":
        linux.adopt_orphans()  # a daemon it leaves behind becomes the guard's child
    home = tempfile.mkdtemp(prefix="groundschool-home-")
    child = os.fork()
    if child:
        _guard(child, channel, home)
    os.setsid()
    os.environ["HOME"] = home


def _guard(child: int, channel: socket.socket, home: str) -> NoReturn:
    try:
        _wait(child, channel)
        _end_all(child)
        shutil.rmtree(home, ignore_errors=True)
    finally:
        os._exit(0)


def _wait(child: int, channel: socket.socket) -> None:
    """Returns when the child ended or the driver closed its end. The guard's own copy of the channel must not keep it
    open.
    """
    poll = select.poll()
    poll.register(channel, HUNG_UP)
    if sys.platform == "linux":
        poll.register(os.pidfd_open(child), select.POLLIN)
    while not poll.poll(MILLISECONDS_BETWEEN_LOOKS):
        if os.waitpid(child, os.WNOHANG)[0]:
            break
    channel.close()


def _end_all(child: int) -> None:
    """Kills the session and every descendant, also those that made a session of their own, until none is left."""
    import psutil

    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            os.waitpid(-1, 0)
