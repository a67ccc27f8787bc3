"""What the examiner may do to a lab, behind its secret: read the log, reset, seed, arm faults, and name states."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from groundschool.lab.faults import Fault
from groundschool.lab.guard import Guard, Request
from groundschool.lab.service import Answer, Refused, Service
from groundschool.lab.services import names, services
from groundschool.lab.stores import States


class Control:
    """The operations by their names in the path. Every one takes and answers JSON; an error is text of status 400."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._logs: dict[str, list[Request]] = {}
        self._operations: Mapping[str, Callable[[Guard, Any], Any]] = {
            "requests": self._requests,
            "reset": self._reset,
            "seed": self._seed,
            "fail": self._fail,
            "calm": self._calm,
            "keep": self._keep,
            "restore": self._restore,
            "forget": self._forget,
        }

    def __call__(self, guard: Guard, name: str, body: bytes) -> Answer:
        """Does one operation."""
        if name not in self._operations:
            return 404, {"content-type": "text/plain"}, f"The lab's control does not know {name!r}.".encode()
        try:
            found = self._operations[name](guard, json.loads(body or b"null"))
        except Refused as refused:
            return 400, {"content-type": "text/plain; charset=utf-8"}, str(refused).encode()
        return 200, {"content-type": "application/json"}, json.dumps(found).encode()

    def _requests(self, guard: Guard, _: Any) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in guard.log]

    def _reset(self, guard: Guard, _: Any) -> None:
        self._states.reset()
        guard.log.clear()
        guard.faults.clear()

    def _seed(self, guard: Guard, content: dict[str, Any]) -> None:
        for name, of_service in content.items():
            _known(name).seed(of_service)

    def _fail(self, guard: Guard, fault: dict[str, Any]) -> None:
        service = _known(fault["service"])
        if fault["operation"] not in service.OPERATIONS:
            raise Refused(400, "", f"The lab does not do {fault['operation']!r} of {service.NAME}.")
        guard.faults.arm(Fault(**fault))

    def _calm(self, guard: Guard, _: Any) -> None:
        guard.faults.clear()

    def _keep(self, guard: Guard, name: str) -> None:
        if not self._states.keep(name):
            raise Refused(400, "", "The lab keeps no more states.")
        self._logs[name] = list(guard.log)

    def _restore(self, guard: Guard, name: str) -> bool:
        """Whether there is such a state. Faults armed since are gone."""
        if not self._states.restore(name):
            return False
        guard.log[:] = self._logs[name]
        guard.faults.clear()
        return True

    def _forget(self, guard: Guard, name: str) -> None:
        self._states.forget(name)
        self._logs.pop(name, None)


def _known(name: str) -> Service:
    if name not in services():
        raise Refused(400, "", f"The lab does not have the service {name!r}; it has: {names()}.")
    return services()[name]
