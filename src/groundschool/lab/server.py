"""The lab's process: ministack's S3, all in memory, with one user a role, behind the guard.

As a program it serves a port of the loopback interface until its standard input ends, which is when the process that started
it ends, however it does. Grading calls `serve` with a socket of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import threading
from collections.abc import Mapping
from typing import Any

from groundschool.lab.access import SERVICES, Key
from groundschool.lab.guard import Guard

SETTINGS = {
    "AUTH": "true",
    "SERVICES": ",".join(SERVICES),
    "S3_PERSIST": "0",
    "PERSIST_STATE": "0",
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    "LOG_LEVEL": "CRITICAL",
}
EVERYTHING_IN_S3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
SECONDS_IDLE = 600


def load() -> Any:
    """ministack's application. The settings must be there before it is imported; they are read then."""
    os.environ.update(SETTINGS)
    import ministack.app
    import ministack.services.iam
    import ministack.services.s3
    import ministack.services.sts

    return ministack.app.app


def serve(listener: socket.socket, keys: Mapping[str, Key]) -> None:
    """Serves an empty lab on a listening socket, for the keys of the roles. Never returns."""
    application = load()
    guard = Guard(application, {key.id: role for role, key in keys.items()}, keys["examiner"].secret)
    asyncio.run(_serve(listener, keys, guard))


async def _serve(listener: socket.socket, keys: Mapping[str, Key], guard: Guard) -> None:
    from hypercorn.asyncio import serve as hypercorn
    from hypercorn.config import Config

    for role, key in keys.items():
        await _admit(role, key)
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = SECONDS_IDLE
    config.accesslog = config.errorlog = None
    await hypercorn(guard, config, shutdown_trigger=asyncio.Event().wait)  # type: ignore[arg-type, unused-ignore]


async def _admit(role: str, key: Key) -> None:
    """Makes a role a user that may do everything in S3 and nothing else, with the key given."""
    from ministack.services import iam

    policy = json.dumps(EVERYTHING_IN_S3)
    for action, parameters in (("CreateUser", {}), ("PutUserPolicy", {"PolicyName": "s3", "PolicyDocument": policy})):
        asked = {"Action": [action], "UserName": [role], **{name: [value] for name, value in parameters.items()}}
        status, _, body = await iam.handle_request("POST", "/", {}, b"", asked)
        if status != 200:
            raise RuntimeError(f"{action} of ministack answered {status}: {body!r}")
    # Its own operation makes up a key; here a lab that is started again has the keys of the one before.
    iam._access_keys[key.id] = {
        "UserName": role,
        "AccessKeyId": key.id,
        "SecretAccessKey": key.secret,
        "Status": "Active",
        "CreateDate": "2026-01-01T00:00:00Z",
    }


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
