"""What grading knows of a topic before it sees a submission: hidden tables, expected values, and what known mistakes return.

Learned once per topic and seed from the instructor's own notebook (see `rehearsal.py`), then only read. Boxes are handed
finished tables; the seed stays here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from groundschool.checks.backend import Fixture
from groundschool.grading import wire

Message = tuple[dict[str, Any], list[bytes]]


@dataclass
class Knowledge:
    """Answers the examiner's questions about tables, expected values and mistakes. `learning` accepts expected values.

    `faults` says why a question cannot be graded, by the id of its test cell: its own solution does not pass it.
    """

    seed: int
    learning: bool = False
    expected: dict[tuple[str, str], Message] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    mistakes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tables: dict[str, Message] = field(default_factory=dict)

    def reply(self, test: str, head: dict[str, Any], blobs: list[bytes]) -> Message:
        """The reply to one of the operations `table`, `expected`, `learn`, `mistakes`."""
        operation = head["op"]
        if operation == "table":
            return self._table(str(head["name"]), dict(head["options"]))
        if operation == "expected":
            value, out = self.expected.get((test, str(head["check"])), ({}, []))
            return {"known": bool(value), **value}, out
        if operation == "learn":
            if self.learning:
                self.expected[test, str(head["check"])] = ({"value": head["value"]}, list(blobs))
            return {}, []
        return {"mistakes": self.mistakes.get(test, [])}, []

    def _table(self, name: str, options: dict[str, Any]) -> Message:
        key = json.dumps([name, options], sort_keys=True)
        if key not in self.tables:
            tuples = {option: tuple(value) if isinstance(value, list) else value for option, value in options.items()}
            encoded, out = wire.encode(Fixture(name, tuples).table(self.seed))
            self.tables[key] = ({"value": encoded}, out)
        return self.tables[key]
