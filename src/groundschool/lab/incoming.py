"""A request at the lab's door: read once, and refused where it could be read in two ways or comes from a web page."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from groundschool.lab import forms
from groundschool.lab.service import Answer, Asked, Refused, Service
from groundschool.lab.services import names, services

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

LARGEST = 256 << 20  # bytes of one request
HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?")
SINGLE = ("authorization", "host", "x-amz-target", "x-amz-request-route", "x-amz-security-token")
SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/aws4_request")


class NotHere(Refused):
    """A service that the lab does not have. Not told to a person: see `Refused`."""


def asked(scope: Scope, headers: Mapping[str, str]) -> Asked:
    """The request without its body. Raises Refused for one that a web page may have sent."""
    if "origin" in headers or not HOST.fullmatch(headers.get("host", "")):
        raise Refused(403, "AccessDenied", "The lab answers programs on this machine only, at 127.0.0.1.")
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return Asked(str(scope["method"]), str(scope["path"]), headers, query)


def named(scope: Scope) -> tuple[str, str]:
    """The query and the source of a copy, as text."""
    source = next((value for name, value in scope["headers"] if name.lower() == b"x-amz-copy-source"), b"")
    return scope.get("query_string", b"").decode("latin-1"), source.decode("latin-1")


def service(asked: Asked) -> Service:
    """The service that a request is signed for. Raises Refused."""
    name = _signed_for(asked)
    if not name:
        raise Refused(403, "AccessDenied", "Access Denied: the request carries no signature of version 4.")
    if name not in services() or "x-amz-request-route" in asked.headers:
        raise NotHere(400, "NotImplemented", f"The lab does not have the service {name!r}; it has: {names()}.")
    return services()[name]


def not_here(refused: Refused, kind: str) -> Answer:
    """The error in the form that the clients of most services read: forms are answered in XML, the others in JSON."""
    if "urlencoded" in kind:
        return forms.error(refused)
    text = json.dumps({"__type": refused.code, "message": str(refused)})
    return refused.status, {"content-type": "application/json"}, text.encode()


def _signed_for(asked: Asked) -> str:
    """The service named by header or in a presigned URL; empty when it is not, or ambiguously, signed."""
    written = asked.headers.get("authorization", "")
    named = [value for name, values in asked.query.items() if name.lower() == "x-amz-credential" for value in values]
    if any(name.lower() in ("awsaccesskeyid", "signature") for name in asked.query) or len(named) + bool(written) != 1:
        return ""
    if written and not written.startswith("AWS4-HMAC-SHA256 "):
        return ""
    found = SIGNED_FOR.search(written or f"Credential={named[0]}")
    return found.group(1) if found else ""


def call(asked: Asked) -> str:
    """Equal for the repeats that a client makes of one call: with its id, which anybody may send, they ask the same."""
    given = asked.headers.get("amz-sdk-invocation-id")
    if not given:
        return uuid.uuid4().hex
    signed_again = "aws-chunked" in asked.headers.get("content-encoding", "")  # such a body has signatures inside
    what = (asked.method, asked.path, sorted(asked.query.items()), b"" if signed_again else asked.body)
    return f"{given} {hashlib.sha256(repr(what).encode()).hexdigest()}"


def routed(asked: Asked) -> str:
    """The service to which ministack will hand a request."""
    from ministack import app

    place = asked.method, asked.path, dict(asked.headers)
    return str(app.detect_service(*place, app._routing_params(*place, asked.body, dict(asked.query))))


def headers(scope: Scope) -> dict[str, str]:
    """The headers by name. Raises Refused for one that could be read in two ways."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in found and key in SINGLE:
            raise Refused(400, "BadRequest", f"The header {key!r} was sent twice.")
        found[key] = value.decode("latin-1")
    return found


async def body(receive: Receive) -> tuple[bytes, Receive]:
    """The whole body, and a `receive` that hands it out once more. Raises Refused for one that is too large."""
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
        if size > LARGEST:
            raise Refused(400, "EntityTooLarge", f"The lab does not take more than {LARGEST >> 20} MiB in one request.")
    whole = b"".join(parts)
    messages = [{"type": "http.request", "body": whole, "more_body": False}]

    async def again() -> Any:
        return messages.pop() if messages else await receive()

    return whole, again
