"""A port of the loopback interface in front of a unix socket, for clients that need a port. Serves in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

CHUNK = 1 << 16


def forward(path: str) -> int:
    """Hands connections to the port returned on to the socket at `path`, as long as this process lives."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: asyncio.run(_serve(listener, path)), name="lab", daemon=True).start()
    return int(listener.getsockname()[1])


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
    """Copies both ways until both sides are done."""
    try:
        from_lab, to_lab = await asyncio.open_unix_connection(path)
        await asyncio.gather(_copy(reader, to_lab), _copy(from_lab, writer))
        to_lab.close()
    except OSError:
        pass  # the lab is gone; the client sees its connection close
    writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the sender says that it is done, or one of the two is gone."""
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(CHUNK):
            writer.write(part)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
