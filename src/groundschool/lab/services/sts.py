"""STS: who a caller is, and sessions of roles. Trust policies, external ids and session policies are ministack's."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from groundschool.lab import forms, policies
from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.stores import of_module

NAME = "sts"
RIGHTS = ("sts:*",)
ROLE_RIGHTS: Sequence[str] = ()
OWN_RIGHTS = False
PRINCIPAL = ""
DENIED = "InvalidClientTokenId"
SHORTEST = 900  # seconds of a session
OPERATIONS = frozenset({"GetCallerIdentity", "AssumeRole"})


def operation(asked: Asked) -> str:
    """See `Service`."""
    return forms.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    if operation == "AssumeRole":
        _check_session(forms.fields(asked))
    return await stock(asked)


def _check_session(fields: Mapping[str, str]) -> None:
    from ministack.services import iam

    if not re.fullmatch(r"[\w+=,.@-]{2,64}", fields.get("RoleSessionName", ""), re.ASCII):
        words = (
            "1 validation error detected: Value at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]{2,64}"
        )
        raise Refused(400, "ValidationError", words)
    role = iam._roles.get(fields.get("RoleArn", "").rpartition("/")[2]) or {}
    longest, asked_for = int(role.get("MaxSessionDuration") or 3600), fields.get("DurationSeconds", "3600")
    if not asked_for.isdigit() or int(asked_for) < SHORTEST:
        raise Refused(400, "ValidationError", f"Value at 'durationSeconds' must be at least {SHORTEST}")
    if role and int(asked_for) > longest:
        words = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise Refused(400, "ValidationError", words)
    if "Policy" in fields:
        policies.refuse_malformed(fields["Policy"], policies.Kind.IDENTITY, "MalformedPolicyDocument")


error = forms.error


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    from ministack.services import sts

    return of_module(sts, "_sessions")


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed sts: sessions are made with AssumeRole.")
