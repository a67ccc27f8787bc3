"""The scripts of jobs that a candidate had the lab run, in a box of their own with a candidate's limits.

They reach the lab as the candidate's cells do, by its socket; whose credentials they have is the lab's to say.
"""

from __future__ import annotations

import socket
from typing import Any

from groundschool.lab import running
from groundschool.lab.forward import forward


def jobs(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role: receives the socket on which it is asked, then serves until the driver closes the box."""
    _, (descriptor, *_), _, _ = socket.recv_fds(channel, 1, 1)
    running.serve(socket.socket(fileno=descriptor), f"http://127.0.0.1:{forward(request['lab'], apart=True)}")


def warm() -> None:
    """Nothing is imported ahead: a script is a process of its own."""
