"""One script of a job that a candidate had the lab run, in a box of its own with a candidate's limits: what it leaves
behind ends with it, and sees no other job's script, arguments or credentials.

It reaches the lab as the candidate's cells do, by its socket; whose credentials it has is the lab's to say.
"""

from __future__ import annotations

import socket
from typing import Any

from groundschool.lab import running
from groundschool.lab.forward import forward


def jobs(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role: receives the connection on which it is asked for one run, and answers. The driver then closes the
    box.
    """
    _, (descriptor, *_), _, _ = socket.recv_fds(channel, 1, 1)
    with socket.socket(fileno=descriptor) as connection:
        running.answer(connection, f"http://127.0.0.1:{forward(request['lab'], apart=True)}")


def warm() -> None:
    """Nothing is imported ahead: a script is a process of its own."""
