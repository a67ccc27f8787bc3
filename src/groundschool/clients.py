"""The clients that this process can make: offered by whoever has services (the lab), asked for by whoever needs one
(checks).

Neither imports the other. The lab offers its own when it is imported, as a notebook that uses it does in its setup
cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from groundschool.errors import GroundSchoolError


class NoServices(GroundSchoolError):
    """Nothing in this process offers services."""


@dataclass(frozen=True)
class Offer:
    """`client(service, role)` makes a client; `requests()` tells what the services were asked so far, in order;
    `bill(requests)` what that would cost, in a sentence."""

    client: Callable[[str, str], Any]
    requests: Callable[[], Sequence[Any]]
    bill: Callable[[Sequence[Any]], str]


_offer: Offer | None = None


def offer(made: Offer) -> None:
    """From now on clients are made so."""
    global _offer
    _offer = made


def client(service: str, role: str) -> Any:
    """A client of `service` with the credentials of `role`. Raises NoServices, and what the services' own refusals
    are.
    """
    return _offered().client(service, role)


def requests() -> Sequence[Any]:
    """What the services were asked so far. Raises NoServices."""
    return _offered().requests()


def bill(asked: Sequence[Any]) -> str:
    """What these requests would cost, in a sentence; empty for nothing. Raises NoServices."""
    return _offered().bill(asked) if asked else ""


def _offered() -> Offer:
    if _offer is None:
        raise NoServices("No lab is running. The notebook's first cell starts it: `lab.start()`; run that cell first.")
    return _offer
