"""Sockets of the host at which an attack may knock: a port, an abstract name, a file. Nobody answers; knocks are counted."""

from __future__ import annotations

import socket
from pathlib import Path
from types import TracebackType


class Doors:
    """A context manager. `port` is the port, from which the abstract name follows; the file is `door` in `folder`."""

    def __init__(self, folder: Path) -> None:
        port = socket.create_server(("127.0.0.1", 0))
        self.port = int(port.getsockname()[1])
        self._sockets = [port]
        for address in (f"\0hostile-{self.port}", str(folder / "door")):
            door = socket.socket(socket.AF_UNIX)
            door.bind(address)
            door.listen()
            self._sockets.append(door)
        for door in self._sockets:
            door.setblocking(False)

    def knocks(self) -> int:
        """How many connections were made since the last call."""
        found = 0
        for door in self._sockets:
            while True:
                try:
                    door.accept()[0].close()
                except BlockingIOError:
                    break
                found += 1
        return found

    def __enter__(self) -> Doors:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for door in self._sockets:
            door.close()
