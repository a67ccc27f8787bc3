"""What the lab asks besides of a service whose clients are not AWS's, as Snowflake is: a module of `lab/services` too.

Its requests carry no signature of AWS's. It tells which are its own, who asks, and answers them whole. One that does
not speak HTTP at all, as Redshift, has its connections to itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from groundschool.lab.access import Access, Key
from groundschool.lab.service import Answer, Asked


@runtime_checkable
class Reached(Protocol):
    """What a service has besides when it is reached by a client of its own."""

    def arguments(self, access: Access, role: str) -> dict[str, Any]:
        """The arguments with which the service's client reaches the lab as a role."""

    def connect(self, access: Access, role: str) -> Any:
        """Such a client."""


@runtime_checkable
class Wire(Reached, Protocol):
    """What a service has besides when its protocol is none over HTTP."""

    FIRST_BYTE: bytes  # by which its connections are told from HTTP's, which begin with a letter

    async def converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, guard: Any, keys: Mapping[str, Key]
    ) -> None:
        """Serves a connection until its end, as the lab's guard lets it."""


@runtime_checkable
class Door(Reached, Protocol):
    """What a service has besides when its clients are not AWS's: it knows its own requests, and answers them whole."""

    def knows(self, asked: Asked) -> bool:
        """Whether a request, not signed for AWS, is for this service."""

    def admit(self, keys: Mapping[str, Key]) -> None:
        """Takes the keys of the roles, which are their passwords here."""

    def role(self, asked: Asked) -> str:
        """Who asks; empty for a stranger."""

    async def serve(self, asked: Asked, operation: str) -> Answer:
        """Answers a request. Raises Refused."""
