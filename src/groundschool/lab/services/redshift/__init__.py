"""Redshift: a database reached by PostgreSQL's protocol, where the lab's other services are reached by HTTP.

SQL is `groundschool.engines.redshift`'s; here are the wire and the roles that COPY and UNLOAD take. Of the API that
makes clusters the lab does nothing; statements by HTTP are `redshift_data`'s.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from groundschool.lab import forms
from groundschool.lab.access import Access
from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.services.redshift import endpoint, state, statements, storage

NAME = "redshift"
RIGHTS: tuple[str, ...] = ()
ROLE_RIGHTS: tuple[str, ...] = ()
OWN_RIGHTS = True
PRINCIPAL = storage.PRINCIPAL
DENIED = "InvalidClientTokenId"
OPERATIONS = statements.NAMES | {statements.ANY}
FIRST_BYTE = b"\0"  # of a length; HTTP begins with a letter
converse = endpoint.converse


def operation(asked: Asked) -> str:
    """See `Service`."""
    words = "The lab does not do the API of redshift: it has one warehouse, which `services.redshift` connects to."
    raise Refused(400, "NotImplemented", words)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not do the API of redshift.")


error = forms.error


def arguments(access: Access, role: str) -> dict[str, Any]:
    """See `Reached`: what `redshift_connector.connect` takes."""
    found, key = urlsplit(access.endpoint), access.keys[role]
    return {"host": found.hostname, "port": found.port, "database": state.NAME, "user": role, "password": key.secret,
            "ssl": False}  # fmt: skip


def connect(access: Access, role: str) -> Any:
    """See `Reached`."""
    import redshift_connector

    return redshift_connector.connect(**arguments(access, role))


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    return (state.Content(),)


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed redshift: its own statements make what is needed.")
