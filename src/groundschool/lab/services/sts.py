"""STS: who a caller is, and sessions of roles. Trust policies, external ids and session policies are ministack's."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from groundschool.lab import forms
from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.stores import of_module

NAME = "sts"
RIGHTS = ("sts:*",)
ROLE_RIGHTS: Sequence[str] = ()
PRINCIPAL = ""
DENIED = "InvalidClientTokenId"
OPERATIONS = frozenset({"GetCallerIdentity", "AssumeRole"})


def operation(asked: Asked) -> str:
    """See `Service`."""
    return forms.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    return await stock(asked)


error = forms.error


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    from ministack.services import sts

    return of_module(sts, "_sessions")


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed sts: sessions are made with AssumeRole.")
