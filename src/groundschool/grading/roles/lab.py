"""The lab of a submission, inside its box: serves it on a listening socket that the driver hands over.

The socket was made outside, so no folder of the host is writable in the box. No code of a candidate's runs here.
"""

from __future__ import annotations

import socket
from typing import Any

from groundschool.lab import running, server
from groundschool.lab.access import Key


def lab(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role: receives the socket, then serves until the driver closes the box."""
    _, (descriptor, *_), _, _ = socket.recv_fds(channel, 1, 1)
    keys = {role: Key(**key) for role, key in request["keys"].items()}
    server.serve(socket.socket(fileno=descriptor), keys, running.remote(request["jobs"]))


def warm() -> None:
    """Imports ministack once for all submissions."""
    server.load()
