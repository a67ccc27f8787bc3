"""Snowflake: what its own connector asks for over HTTP, with stages on the lab's S3 and pipes that hear its events.

The engine is `groundschool.engines.snowflake`, imported when the first session begins: a lab without Snowflake does not
wait for it. Requests are read by `protocol`; sessions are `sessions`'.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from groundschool.lab.access import Access, Key
from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.services.snowflake import protocol, sessions
from groundschool.lab.stores import of_module

NAME = "snowflake"
RIGHTS = ()
ROLE_RIGHTS = ()
OWN_RIGHTS = True
PRINCIPAL = ""
DENIED = "390100"
OPERATIONS = frozenset({"Login", "Logout", "Query", "PutFile", "GetFile", "Tell"})
ROUTES = {
    "/session/v1/login-request": "Login",
    "/queries/v1/query-request": "Query",
    "/queries/v1/abort-request": "Tell",
    "/session": "Logout",
    "/session/heartbeat": "Tell",
    "/session/token-request": "Tell",
    "/telemetry/send": "Tell",
}
STAGE = "/_stage/"
MONITORING = "/monitoring/queries/"


def knows(asked: Asked) -> bool:
    """See `Door`."""
    if "AWS4-HMAC-SHA256" in asked.headers.get("authorization", "") or "X-Amz-Credential" in asked.query:
        return False
    return asked.path in ROUTES or asked.path.startswith((STAGE, MONITORING))


def operation(asked: Asked) -> str:
    """See `Service`."""
    if asked.path.startswith(STAGE):
        return "PutFile" if asked.method == "PUT" else "GetFile"
    if asked.path == "/session" and not asked.first("delete"):
        return "Tell"
    return ROUTES.get(asked.path, "Tell")


def admit(keys: Mapping[str, Key]) -> None:
    """See `Door`."""
    sessions.KEYS.clear()
    sessions.KEYS.update(keys)


def role(asked: Asked) -> str:
    """See `Door`."""
    return sessions.role(protocol.token(asked), asked.path.removeprefix(STAGE))


async def serve(asked: Asked, operation: str) -> Answer:
    """See `Door`. A statement runs on a thread: others are served meanwhile."""
    return await asyncio.to_thread(protocol.answer, asked, operation)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`. Nothing signed for AWS is for Snowflake."""
    raise Refused(400, "NotImplemented", "The lab does not serve Snowflake to clients of AWS.")


def error(refused: Refused) -> Answer:
    """See `Service`."""
    return protocol.failed(refused.code if refused.code.isdigit() else "000603", "XX000", str(refused))


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`. The queues are Snowflake's own, in ministack's SQS."""
    from ministack.services import sqs

    return [sessions.HELD, *of_module(sqs)]


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed snowflake: statements make what is needed.")


def arguments(access: Access, role: str) -> dict[str, Any]:
    """What `snowflake.connector.connect` is called with to reach the lab as a role."""
    host, _, port = access.endpoint.removeprefix("http://").partition(":")
    return {
        "account": "lab",
        "user": role,
        "password": access.keys[role].secret,
        "host": host,
        "port": int(port),
        "protocol": "http",
        "database": "LAB",
        "schema": "PUBLIC",
        "login_timeout": 60,
        "network_timeout": 120,
        # It would ask the clouds' own addresses, seconds for nothing where there is no network.
        "platform_detection_timeout_seconds": 0.0,
    }


def connect(access: Access, role: str) -> Any:
    """A connection of Snowflake's own connector, as a role."""
    import snowflake.connector

    return snowflake.connector.connect(**arguments(access, role))
