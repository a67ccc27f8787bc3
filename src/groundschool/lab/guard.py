"""The door of the lab: lets in signed requests of known keys for S3, refuses the rest, and keeps a log of both.

ministack behind it takes an unsigned request, or one of the key `test`, for the account's root, and has an unprotected
administration; neither is reachable from here. Signatures and permissions are checked by ministack.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from groundschool.lab.access import SERVICES

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

LOG = "/_lab/requests"
SECRET = "x-lab-secret"
LONGEST_LOG = 10_000
NOT_HERE = "NotImplemented"
HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?")
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# Names under which ministack answers something else than S3; no bucket is called so here.
TAKEN = ("iceberg", "health", "v20180820", "environments")
SINGLE = ("authorization", "host", "x-amz-target", "x-amz-request-route")
SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/aws4_request")


@dataclass(frozen=True)
class Request:
    """One request that reached the lab: by whom (empty for a stranger), for what, and the HTTP status it got.

    `query` is the text behind the path's `?`, `source` the object that a copy reads.
    """

    role: str
    method: str
    path: str
    status: int
    query: str = ""
    source: str = ""


class Refused(Exception):
    """Why a request is not let in: HTTP status, AWS's error code, and words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Guard:
    """An ASGI application around ministack's. `roles` maps access key ids to roles; `secret` opens the log."""

    def __init__(self, application: Any, roles: Mapping[str, str], secret: str) -> None:
        self.application, self.roles, self.secret = application, dict(roles), secret
        self.log: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection of any kind; what is not HTTP is not served."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        role, path, started = "", str(scope["path"]), 0

        async def noting(message: Any) -> None:
            nonlocal started
            started = started or int(message.get("status", 0))
            await send(message)

        try:
            headers = _headers(scope)
            if path == LOG and hmac.compare_digest(headers.get(SECRET, "").encode(), self.secret.encode()):
                await _reply(send, 200, "application/json", json.dumps([asdict(entry) for entry in self.log]))
                return
            role = self._admit(scope, headers)
            if len(self.log) >= LONGEST_LOG and role != "examiner":  # what is not logged is not done
                raise Refused(503, "SlowDown", f"The lab has answered {LONGEST_LOG:,} requests; it answers no more.")
            await self.application(scope, receive, noting)
        except Refused as refused:
            await _refuse(noting, headers if refused.code != "BadRequest" else {}, refused)
        finally:
            if started and len(self.log) < LONGEST_LOG:
                self.log.append(Request(role, str(scope["method"]), path, started, *_named(scope)))

    def _admit(self, scope: Scope, headers: Mapping[str, str]) -> str:
        """The role of a request that may pass. Raises Refused."""
        if "origin" in headers or not HOST.fullmatch(headers.get("host", "")):
            raise Refused(403, "AccessDenied", "The lab answers programs on this machine only, at 127.0.0.1.")
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        role = self.roles.get(_key(headers, query), "")
        service = _service(headers, query)
        if not service:
            raise Refused(403, "AccessDenied", "Access Denied: the request carries no signature of version 4.")
        if not role:
            raise Refused(403, "InvalidAccessKeyId", "The access key is not one of the lab's.")
        if service not in SERVICES or "x-amz-target" in headers or "x-amz-request-route" in headers:
            raise Refused(400, NOT_HERE, f"The lab has no service {service!r}; it has: {', '.join(SERVICES)}.")
        _check_bucket(str(scope["path"]))
        return role


def _named(scope: Scope) -> tuple[str, str]:
    """The query and the source of a copy, as text."""
    source = next((value for name, value in scope["headers"] if name.lower() == b"x-amz-copy-source"), b"")
    return scope.get("query_string", b"").decode("latin-1"), source.decode("latin-1")


def _key(headers: Mapping[str, str], query: dict[str, list[str]]) -> str:
    from ministack.core.router import extract_access_key_id

    # ministack's own reading: a second one could disagree with it about who is asking.
    return str(extract_access_key_id(dict(headers), query))


def _service(headers: Mapping[str, str], query: Mapping[str, list[str]]) -> str:
    """The service a request is signed for, by header or in a presigned URL; empty when it is not, or ambiguously, signed."""
    written = headers.get("authorization", "")
    asked = [value for name, values in query.items() if name.lower() == "x-amz-credential" for value in values]
    if any(name.lower() in ("awsaccesskeyid", "signature") for name in query) or len(asked) + bool(written) != 1:
        return ""
    if written and not written.startswith("AWS4-HMAC-SHA256 "):
        return ""
    found = SIGNED_FOR.search(written or f"Credential={asked[0]}")
    return found.group(1) if found else ""


def _check_bucket(path: str) -> None:
    """Raises Refused for a path that is neither `/` nor begins with the name of a bucket."""
    bucket = path.removeprefix("/").split("/", 1)[0]
    if path != "/" and not BUCKET.fullmatch(bucket):
        raise Refused(400, "InvalidBucketName", f"The specified bucket is not valid: {bucket[:80]!r}.")
    if bucket.startswith(TAKEN):
        raise Refused(400, "InvalidBucketName", f"The lab has no bucket whose name begins with {', '.join(TAKEN)}.")


def _headers(scope: Scope) -> dict[str, str]:
    """The headers by name. Raises Refused for one that could be read in two ways."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in headers and key in SINGLE:
            raise Refused(400, "BadRequest", f"The header {key!r} was sent twice.")
        headers[key] = value.decode("latin-1")
    return headers


async def _lifespan(receive: Receive, send: Send) -> None:
    # ministack's own start looks for Docker and runs scripts that lie about; its S3 needs neither.
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _refuse(send: Send, headers: Mapping[str, str], refused: Refused) -> None:
    """The error in the form that the client of the service reads: XML for S3 and for forms, JSON for the others."""
    error = f"<Error><Code>{refused.code}</Code><Message>{escape(str(refused))}</Message></Error>"
    if "urlencoded" in headers.get("content-type", ""):
        await _reply(send, refused.status, "application/xml", f"<ErrorResponse>{error}</ErrorResponse>")
    elif refused.code == NOT_HERE:
        text = json.dumps({"__type": refused.code, "message": str(refused)})
        await _reply(send, refused.status, "application/json", text)
    else:
        await _reply(send, refused.status, "application/xml", error)


async def _reply(send: Send, status: int, kind: str, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
