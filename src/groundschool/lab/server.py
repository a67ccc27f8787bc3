"""The lab's process: ministack's services as the modules of `lab/services` let them be, all in memory, behind the
guard.

As a program it serves a port of the loopback interface until its standard input ends, which is when the process that
started it ends, however it does. Grading calls `serve` with a socket of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

from groundschool.lab import identities, listening, running
from groundschool.lab.access import Key
from groundschool.lab.control import Control
from groundschool.lab.guard import Guard
from groundschool.lab.running import Runner
from groundschool.lab.service import ACCOUNT, REGION, Answer, Asked, Refused, Service
from groundschool.lab.services import doors, services
from groundschool.lab.services.glue import runs
from groundschool.lab.stores import States

SETTINGS = {
    "AUTH": "true",
    "MINISTACK_ACCOUNT_ID": ACCOUNT,
    "MINISTACK_REGION": REGION,
    "S3_PERSIST": "0",
    "PERSIST_STATE": "0",
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    "LOG_LEVEL": "CRITICAL",
}


@cache
def load() -> Any:
    """ministack's application with our services in it. The settings must be there before it is imported."""
    os.environ.update(SETTINGS, SERVICES=",".join(services()))
    import ministack.app
    from ministack.core.iam_actions import SERVICE_TO_IAM_NAMESPACE

    for name, service in services().items():
        if service.OWN_RIGHTS:
            SERVICE_TO_IAM_NAMESPACE.pop(name, None)  # it then checks who asks, and no more
        stock = ministack.app.SERVICE_HANDLERS.get(name)
        ministack.app.SERVICE_HANDLERS[name] = _handler(service, stock)
        service.stores()  # imports what it needs, before a lab is forked from this process
    return ministack.app.app


def _handler(service: Service, stock: Any) -> Any:
    """The seam of ministack: called once a request's signature and rights are checked."""

    async def original(asked: Asked) -> Answer:
        found: Answer = await stock(asked.method, asked.path, dict(asked.headers), asked.body, dict(asked.query))
        return found

    async def handle(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        asked = Asked(method, path, headers, query, body)
        try:
            return await service.answer(asked, service.operation(asked), original)
        except Refused as refused:
            return service.error(refused)

    return handle


def serve(listener: socket.socket, keys: Mapping[str, Key], runner: Runner = running.run) -> None:
    """Serves an empty lab on a listening socket, for the keys of the roles; `runner` runs the scripts that it is given.
    Never returns."""
    runs.Place.runner = staticmethod(runner)
    if listener.family == socket.AF_INET:
        runs.Place.endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    application = load()
    identities.admit(keys["candidate"], keys["examiner"])
    for door in doors().values():
        door.admit(keys)
    control = Control(States([store for service in services().values() for store in service.stores()]))
    guard = Guard(application, keys["examiner"].id, keys["examiner"].secret, control)
    asyncio.run(listening.serve(listener, guard, keys))


def main() -> None:
    """Reads the keys from the first line of standard input and prints the port."""
    keys = {role: Key(**key) for role, key in json.loads(sys.stdin.readline()).items()}
    load()
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=_end_with_input, daemon=True).start()
    serve(listener, keys)


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
