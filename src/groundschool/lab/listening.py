"""How the lab listens: connections of HTTP, and those of services with a protocol of their own, by the first byte.

So whatever reaches the lab, a port or a socket with a forwarder before it, reaches all of it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from groundschool.lab.access import Key
from groundschool.lab.guard import Guard
from groundschool.lab.services import wires

SECONDS_IDLE = 600
Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peeked(asyncio.StreamReader):
    """A reader whose first byte may be looked at before it is read."""

    _first = b""

    async def first(self) -> bytes:
        """The first byte; empty when the connection ends before it."""
        self._first = await super().read(1)
        return self._first

    async def read(self, n: int = -1) -> bytes:
        """As a reader's own, with the byte that was looked at."""
        if self._first and n:
            found, self._first = self._first, b""
            return found + await super().read(-1) if n < 0 else found
        return await super().read(n)

    async def readexactly(self, n: int) -> bytes:
        """As a reader's own, with the byte that was looked at."""
        if self._first and n:
            found, self._first = self._first, b""
            return found + await super().readexactly(n - 1)
        return await super().readexactly(n)

    def at_eof(self) -> bool:
        """Whether nothing more comes."""
        return not self._first and super().at_eof()


async def serve(listener: socket.socket, guard: Guard, keys: Mapping[str, Key]) -> None:
    """Serves a listening socket. Never returns."""
    http = _http(guard)
    serving: set[asyncio.Task[None]] = set()  # the loop itself holds a task weakly

    async def connected(reader: Peeked, writer: asyncio.StreamWriter) -> None:
        wire = wires().get(await reader.first())
        if wire is None:
            await http(reader, writer)
        else:
            await wire.converse(reader, writer, guard, keys)

    def accepted(reader: Any, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(connected(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    def protocol() -> asyncio.StreamReaderProtocol:
        loop = asyncio.get_running_loop()
        return asyncio.StreamReaderProtocol(Peeked(loop=loop), accepted, loop=loop)

    loop = asyncio.get_running_loop()
    if listener.family == socket.AF_UNIX:
        server = await loop.create_unix_server(protocol, sock=listener)
    else:
        server = await loop.create_server(protocol, sock=listener)
    await server.serve_forever()


def _http(guard: Guard) -> Connected:
    """hypercorn's way to serve a connection, without its own listening."""
    from hypercorn.asyncio.tcp_server import TCPServer
    from hypercorn.asyncio.worker_context import WorkerContext
    from hypercorn.config import Config
    from hypercorn.utils import wrap_app

    config = Config()
    config.keep_alive_timeout = SECONDS_IDLE
    config.accesslog = config.errorlog = None
    application, context = wrap_app(guard, config.wsgi_max_body_size, "asgi"), WorkerContext(None)  # type: ignore[arg-type, unused-ignore]

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        await TCPServer(application, loop, config, context, {}, reader, writer)

    return connected
