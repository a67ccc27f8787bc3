"""The door of the lab: lets in signed requests for its services, refuses the rest, and keeps a log of both.

ministack behind it takes an unsigned request, or one of the key `test`, for the account's root, and has an
unprotected administration; neither is reachable from here. Signatures and permissions are checked by ministack. How a
request is read is `incoming`'s, what a service is its module's, what the examiner may do to the lab `control`'s.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from groundschool.lab import incoming
from groundschool.lab.door import Door
from groundschool.lab.faults import Faults, refusal
from groundschool.lab.incoming import Receive, Scope, Send
from groundschool.lab.service import Answer, Asked, Refused, Service
from groundschool.lab.services import doors, services

CONTROL = "/_lab/"
SECRET = "x-lab-secret"
LONGEST_LOG = 10_000


@dataclass(frozen=True)
class Request:
    """One request that reached the lab: by whom (empty for a stranger), for what, and the HTTP status it got.

    `query` is the text behind the path's `?`, `source` the object that a copy reads; `operation` is the API's name,
    empty where the lab does not do it; `sent` and `received` are bytes of the bodies, as the client sees them.
    """

    role: str
    method: str
    path: str
    status: int
    query: str = ""
    source: str = ""
    service: str = ""
    operation: str = ""
    sent: int = 0
    received: int = 0


class Guard:
    """An ASGI application around ministack's. `examiner` is that role's access key id; `secret` opens the control."""

    def __init__(
        self, application: Any, examiner: str, secret: str, control: Callable[[Guard, str, bytes], Answer]
    ) -> None:
        self.application, self.examiner, self.secret, self.control = application, examiner, secret, control
        self.log: list[Request] = []
        self.faults = Faults()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection of any kind; what is not HTTP is not served."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        entry = Request("", str(scope["method"]), str(scope["path"]), 0, *incoming.named(scope))
        noting, error, headers = Noting(send), services()["s3"].error, {}  # strangers are shown XML
        try:
            headers = incoming.headers(scope)
            asked = incoming.asked(scope, headers)
            if self._controls(asked):
                body, _ = await incoming.body(receive)
                await answer(send, self.control(self, asked.path.removeprefix(CONTROL), body))
                return
            door = next((found for found in doors().values() if found.knows(asked)), None)
            service = cast(Service, door) if door else incoming.service(asked)
            error = service.error
            role = door.role(asked) if door else self._role(asked, service)
            entry = replace(entry, service=service.NAME, role=role)
            body, receive = await incoming.body(receive)
            asked = replace(asked, body=body)
            entry = replace(entry, sent=len(body), operation=service.operation(asked))
            call, serve = self._way(asked, entry.operation, door, service, scope, receive)
            await self._admit(entry, call, service, serve, noting)
        except incoming.NotHere as refused:
            await answer(noting, incoming.not_here(refused, headers.get("content-type", "")))
        except Refused as refused:
            await answer(noting, error(refused))
        finally:
            if noting.status and len(self.log) < LONGEST_LOG:
                self.log.append(replace(entry, status=noting.status, received=noting.size))

    def _way(
        self, asked: Asked, operation: str, door: Door | None, service: Service, scope: Scope, receive: Receive
    ) -> tuple[str, Callable[[Send], Awaitable[None]]]:
        """What tells calls apart, and how a request is served: by its door, or by ministack. Raises Refused."""
        if door is not None:

            async def serve(send: Send) -> None:
                await answer(send, await door.serve(asked, operation))

            return asked.first("requestId") or uuid.uuid4().hex, serve
        if incoming.routed(asked) != service.NAME:
            raise Refused(400, "NotImplemented", "The lab does not serve a request that names two services.")
        return incoming.call(asked), lambda send: self.application(scope, receive, send)

    async def _admit(
        self, entry: Request, call: str, service: Service, serve: Callable[[Send], Awaitable[None]], send: Noting
    ) -> None:
        """Serves a request, unless a fault is armed for it."""
        if len(self.log) >= LONGEST_LOG and entry.role != "examiner":  # what is not logged is not done
            raise Refused(503, "SlowDown", f"The lab has answered {LONGEST_LOG:,} requests; it answers no more.")
        fault = None
        if entry.role != "examiner":
            if self.faults.ended:
                raise Refused(503, "ServiceUnavailable", "The caller has ended; nothing of it arrives any more.")
            fault = self.faults.strike(service.NAME, entry.operation, call)
        if fault and fault.how in ("error", "crash"):
            raise refusal(fault)
        if fault and fault.how == "rival":
            for name, content in fault.writes.items():
                services()[name].seed(content)
        await serve(_nowhere if fault and fault.how == "lost" else send)
        if fault and fault.how == "lost":
            raise refusal(fault)

    def _controls(self, asked: Asked) -> bool:
        given = asked.headers.get(SECRET, "").encode()
        return asked.path.startswith(CONTROL) and hmac.compare_digest(given, self.secret.encode())

    def _role(self, asked: Asked, service: Service) -> str:
        """Who asks. Raises Refused for the keys that ministack takes for the account's root, but for the examiner's."""
        from ministack.core.iam_evaluator import is_root_access_key
        from ministack.core.router import extract_access_key_id

        # ministack's own reading: a second one could disagree with it about who is asking.
        key = str(extract_access_key_id(dict(asked.headers), dict(asked.query)))
        if key == self.examiner:
            return "examiner"
        if is_root_access_key(key):
            raise Refused(403, service.DENIED, "The access key is not one of the lab's.")
        return "candidate"


class Noting:
    """A `send` that notes the status and the size of what passes."""

    def __init__(self, send: Send) -> None:
        self._send, self.status, self.size = send, 0, 0

    async def __call__(self, message: Any) -> None:
        self.status = self.status or int(message.get("status", 0))
        self.size += len(message.get("body", b""))
        await self._send(message)


async def _nowhere(message: Any) -> None:
    """What a lost answer is sent to."""


async def _lifespan(receive: Receive, send: Send) -> None:
    # ministack's own start looks for Docker and runs scripts that lie about; the lab needs neither.
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def answer(send: Send, found: Answer) -> None:
    """Sends a whole answer."""
    status, given, body = found
    headers = [(name.lower().encode(), value.encode()) for name, value in given.items()]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
