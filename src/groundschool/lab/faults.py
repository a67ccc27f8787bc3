"""Faults that a check or a learner arms: the nth call of an operation fails, is lost, is the last, or meets a rival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from groundschool.lab.service import Refused

How = Literal["error", "lost", "crash", "rival"]
HOWS: tuple[How, ...] = ("error", "lost", "crash", "rival")


@dataclass(frozen=True)
class Fault:
    """What happens at the nth call of an operation, counted from when it is armed.

    error: it is not done and answers `code`. lost: it is done, and answers `code` all the same. crash: neither it nor
    anything after it is done, as if the caller had ended there. rival: `writes` are made just before it, by service
    as for `seed`.
    """

    service: str
    operation: str
    nth: int = 1
    how: How = "error"
    code: str = "InternalError"
    status: int = 500
    writes: Mapping[str, Any] = field(default_factory=dict)


class Faults:
    """The armed faults. The repeats that a client makes of one call are that call, and share its fate."""

    def __init__(self) -> None:
        self._armed: list[tuple[Fault, list[str]]] = []  # with the calls of its operation so far
        self._struck: dict[str, Fault] = {}
        self.ended = False  # nothing more arrives

    def arm(self, fault: Fault) -> None:
        """Arms one more."""
        self._armed.append((fault, []))

    def clear(self) -> None:
        """Forgets all of them."""
        self._armed.clear()
        self._struck.clear()
        self.ended = False

    def strike(self, service: str, operation: str, call: str) -> Fault | None:
        """The fault that this call meets, if any. `call` tells a client's calls apart."""
        if call in self._struck:
            return self._struck[call] if self._struck[call].how != "rival" else None
        for fault, calls in self._armed:
            if (fault.service, fault.operation) != (service, operation) or call in calls:
                continue
            calls.append(call)
            if len(calls) == fault.nth:
                self._struck[call] = fault
                self.ended = self.ended or fault.how == "crash"
                return fault
        return None


def refusal(fault: Fault) -> Refused:
    """The error that a fault answers with: the service's own, in its own words where they are known."""
    words = {
        "InternalError": "We encountered an internal error. Please try again.",
        "SlowDown": "Please reduce your request rate.",
        "AccessDenied": "Access Denied",
    }
    return Refused(fault.status, fault.code, words.get(fault.code, f"The lab was told to answer {fault.code}."))
