"""What the lab asks of a service: a module of `lab/services`, found by its place in that folder and by nothing else.

A service says which operations it does, what its clients may do, how it refuses, and where its state is. It never
answers success for what it did not do: `Refused` says "The lab does not …" in the service's own kind of error.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

ACCOUNT = "111122223333"  # AWS's own example account
REGION = "us-east-1"

Answer = tuple[int, dict[str, str], bytes]  # HTTP status, headers, body


@dataclass(frozen=True)
class Asked:
    """One HTTP request: header names in lower case, the query's values decoded, the body as sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: bytes = b""

    def first(self, name: str) -> str:
        """The first value of a parameter of the query, empty when there is none."""
        return next(iter(self.query.get(name, ())), "")


class Refused(Exception):
    """Why a request is not served: HTTP status, the service's error code, words, and more fields of the error.

    Not told to a person as it is: it becomes the answer's error, which the client raises as its own.
    """

    def __init__(self, status: int, code: str, message: str, **fields: str) -> None:
        super().__init__(message)
        self.status, self.code, self.fields = status, code, fields


Stock = Callable[[Asked], Awaitable[Answer]]  # what ministack itself answers


class Service(Protocol):
    """A module of `lab/services`. Only `stores`, `seed` and `answer` may import ministack, which takes half a
    second."""

    NAME: str  # what boto3 calls it and signs for
    RIGHTS: Sequence[str]  # IAM actions that the candidate may do
    ROLE_RIGHTS: Sequence[str]  # those of them that `services.role` may do
    OWN_RIGHTS: bool  # whether `answer` asks for rights, by `lab.rights`; ministack does otherwise, before it
    PRINCIPAL: str  # who assumes that role on the service's behalf, such as "glue.amazonaws.com"; empty for nobody
    OPERATIONS: Collection[str]  # of the API, by its names: those the lab does
    DENIED: str  # its code for an access key that is unknown

    def operation(self, asked: Asked) -> str:
        """The API operation that is asked for, such as "PutObject". Raises Refused for one that the lab does not do."""

    async def answer(self, asked: Asked, operation: str, stock: Stock) -> Answer:
        """Answers a request whose signature and, but for OWN_RIGHTS, rights are checked. Raises Refused."""

    def error(self, refused: Refused) -> Answer:
        """A refusal in the form that the service's clients read."""

    def stores(self) -> Sequence[MutableMapping[Any, Any]]:
        """The mappings that hold the service's whole state, by reference."""

    def seed(self, content: Any) -> None:
        """Puts content there, as JSON holds it. Raises Refused for content that it cannot."""
