"""AWS's Query protocol, which IAM and STS speak: the operation in a form, errors in XML."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

from groundschool.lab.service import Answer, Asked, Refused


def fields(asked: Asked) -> dict[str, str]:
    """The form's fields, of which each may stand once. Raises Refused."""
    try:
        form = parse_qs(asked.body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(asked.body))
    except ValueError:
        raise Refused(400, "MalformedInput", "The request's body is not a form.") from None
    if (asked.method, asked.path) != ("POST", "/") or asked.query or any(len(values) > 1 for values in form.values()):
        raise Refused(400, "MalformedInput", "The lab takes operations as one form in the body of a POST.")
    return {name: values[0] for name, values in form.items()}


def with_field(asked: Asked, name: str, value: str) -> Asked:
    """The same request with one more field."""
    return replace(asked, body=urlencode({**fields(asked), name: value}).encode())


def operation(asked: Asked, done: Collection[str], service: str) -> str:
    """The operation of a request. Raises Refused for one that is not among those `done`."""
    name = fields(asked).get("Action", "")
    if name not in done:
        raise Refused(400, "NotImplemented", f"The lab does not do {name or 'anything without a name'} of {service}.")
    return name


def error(refused: Refused) -> Answer:
    """A refusal as the protocol writes it."""
    kind = "Sender" if refused.status < 500 else "Receiver"
    text = (
        f"<ErrorResponse><Error><Type>{kind}</Type><Code>{escape(refused.code)}</Code>"
        f"<Message>{escape(str(refused))}</Message></Error><RequestId>lab</RequestId></ErrorResponse>"
    )
    return refused.status, {"content-type": "text/xml"}, text.encode()
