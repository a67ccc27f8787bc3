"""AWS's JSON protocol, which Glue, Athena and Logs speak: the operation in a header, parameters and answers as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from groundschool.lab.service import Answer, Asked, Refused

JSON = {"content-type": "application/x-amz-json-1.1"}


def operation(asked: Asked, done: Collection[str], service: str) -> str:
    """The operation of a request. Raises Refused for one that is not among those `done`."""
    name = asked.headers.get("x-amz-target", "").rpartition(".")[2]
    if (asked.method, asked.path) != ("POST", "/") or asked.query or name not in done:
        raise Refused(400, "NotImplemented", f"The lab does not do {name or 'anything without a name'} of {service}.")
    return name


def parameters(asked: Asked) -> dict[str, Any]:
    """The parameters of a request. Raises Refused for a body that is no object of JSON."""
    try:
        found = json.loads(asked.body or b"{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refused(400, "SerializationException", "The request's body is not an object of JSON.")
    return found


def answer(found: Mapping[str, Any]) -> Answer:
    """An answer with these members, of status 200."""
    return 200, dict(JSON), json.dumps(found).encode()


def error(refused: Refused) -> Answer:
    """A refusal as the protocol writes it."""
    text = json.dumps({"__type": refused.code, "message": str(refused), **refused.fields})
    return refused.status, {**JSON, "x-amzn-errortype": refused.code}, text.encode()
