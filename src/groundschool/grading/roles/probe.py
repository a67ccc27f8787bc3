"""The smallest role: says that a process is inside, by which `box.probe` knows that boxes work here."""

from __future__ import annotations

import socket
from typing import Any


def probe(channel: socket.socket, request: dict[str, Any]) -> None:
    """Sends one byte."""
    channel.sendall(b"+")
