"""A port of the loopback interface in front of a unix socket, for clients that need a port."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from typing import NoReturn

CHUNK = 1 << 16
MOST_DESCRIPTORS = 65_536


def forward(path: str, *, apart: bool = False) -> int:
    """Hands connections to the port returned on to the socket at `path`, as long as this process lives.

    With `apart`, in a process of its own, which survives this one.
    """
    with contextlib.ExitStack() as stack:
        listener = socket.create_server(("127.0.0.1", 0))
        # asyncio does so only for sockets that name their protocol; an answer in two parts would wait 40 ms for the
        # client's word that the first arrived.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if apart:
            stack.enter_context(listener)
            if os.fork() == 0:
                _serve_apart(listener, path)
        else:
            threading.Thread(target=lambda: asyncio.run(_serve(listener, path)), name="lab", daemon=True).start()
        return int(listener.getsockname()[1])


def _serve_apart(listener: socket.socket, path: str) -> NoReturn:
    try:
        os.closerange(3, listener.fileno())  # a channel that is open here, too, would never be seen to close
        os.closerange(listener.fileno() + 1, MOST_DESCRIPTORS)
        asyncio.run(_serve(listener, path))
    finally:
        os._exit(0)


async def _serve(listener: socket.socket, path: str) -> None:
    serving: set[asyncio.Task[None] | None] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        serving.add(task)  # the loop itself holds it weakly, and says so on stderr when it is collected
        try:
            await _join(reader, writer, path)
        finally:
            serving.discard(task)

    server = await asyncio.start_server(connected, sock=listener)
    await server.serve_forever()


async def _join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
    """Copies both ways until one side is done. HTTP's clients close a connection as a whole, and never half of it."""
    try:
        from_lab, to_lab = await asyncio.open_unix_connection(path)
    except OSError:
        writer.close()  # the lab is gone; the client sees its connection close
        return
    ways = [asyncio.create_task(_copy(reader, to_lab)), asyncio.create_task(_copy(from_lab, writer))]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way, end in zip(ways, (to_lab, writer), strict=True):
        way.cancel()
        end.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the sender is done, or one of the two is gone."""
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(CHUNK):
            writer.write(part)
            await writer.drain()
