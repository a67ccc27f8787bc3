"""What grading knows of a topic before it sees a submission: hidden tables, expected values, and what known mistakes
return.

Learned once per topic and seed from the instructor's own notebook (see `rehearsal.py`), then only read; what mistakes
return is asked for when an answer first fails. Boxes are handed finished tables; the seed stays here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundschool.checks import backend
from groundschool.checks.backend import Mistake
from groundschool.grading import wire
from groundschool.grading.session.preparation import Opened
from groundschool.grading.wire import protocol
from groundschool.grading.wire.bundle import Bundle, Value
from groundschool.grading.wire.dataset import plain
from groundschool.grading.wire.protocol import OfKnowledge

Asked = protocol.Fixture | protocol.Expected | protocol.Learn | protocol.Mistakes
Message = tuple[dict[str, Any], list[bytes]]


def none_known(test: str) -> Sequence[dict[str, Any]]:
    """No mistake of any question."""
    return ()


@dataclass
class Knowledge:
    """Answers the examiner's questions about tables, expected values and mistakes. `learning` accepts expected values.

    `opened` and `faults` are by the id of a test cell: what it takes from the candidate's side beyond answers, and why
    it cannot be graded: its own solution does not pass it.
    `mistakes` finds what the known mistakes of a test cell return: a record each with `name`, `message` and `seen`.
    """

    seed: int
    learning: bool = False
    expected: dict[tuple[str, str], Message] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    opened: dict[str, Opened] = field(default_factory=dict)
    tables: dict[str, Message] = field(default_factory=dict)
    mistakes: Callable[[str], Sequence[dict[str, Any]]] = none_known

    def reply(self, request: Asked, blobs: Sequence[bytes]) -> bytes:
        """The packed reply to a request of the examiner's for the test cell that it names."""
        out = Bundle()
        return protocol.pack(self._answered(request, Bundle(blobs), out), out.blobs)

    def _answered(self, request: Asked, given: Bundle, out: Bundle) -> OfKnowledge:
        match request:
            case protocol.Fixture():
                return protocol.Returned(_put(out, self._part(request.name, request.options, request.part)))
            case protocol.Expected():
                known = self.expected.get((request.test, request.check))
                return protocol.Returned(_put(out, known)) if known else protocol.Unknown()
            case protocol.Learn():
                if self.learning:
                    json, blobs = given.take_encoded(request.value)
                    self.expected[request.test, request.check] = ({"value": json}, blobs)
                return protocol.Done()
            case protocol.Mistakes():
                return protocol.KnownMistakes(tuple(Mistake(**known) for known in self.mistakes(request.test)))

    def _part(self, name: str, options: dict[str, Any], part: str) -> Message:
        key = json.dumps([name, options, part], sort_keys=True)
        if key not in self.tables:
            tuples = {option: tuple(value) if isinstance(value, list) else value for option, value in options.items()}
            encoded, out = wire.encode(plain(backend.Fixture(name, tuples, part).make(self.seed)))
            self.tables[key] = ({"value": encoded}, out)
        return self.tables[key]


def _put(out: Bundle, kept: Message) -> Value:
    head, blobs = kept
    return out.put_encoded(head["value"], blobs)
