"""A client's conversation after its start: the simple and the extended query protocol over one session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from groundschool.engines.redshift import parse
from groundschool.engines.redshift.failure import Ended, Failed
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.session import Session, parameter
from groundschool.engines.redshift.values import Value
from groundschool.lab.services.redshift import encoding, messages
from groundschool.lab.services.redshift.messages import Body, message

MOST_PREPARED = 1_000
Run = Callable[[str, Callable[[], Outcome]], Outcome]


@dataclass(frozen=True)
class Prepared:
    """A statement with the types that were named for its parameters, and the columns that it would return."""

    text: str
    kinds: tuple[int, ...]
    columns: messages.Columns | None

    @property
    def count(self) -> int:
        """How many parameters it has."""
        return len(self.kinds)


@dataclass
class Portal:
    """A statement with its values; once it ran, what it gave and how much of it was sent."""

    text: str
    values: Sequence[Value]
    formats: Sequence[int]
    outcome: Outcome | None = None
    sent: int = 0


class Conversation:
    """Answers message by message. `run` is told every statement, and does it or lets it fail."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session, self._run = session, run
        self._prepared: dict[str, Prepared] = session.prepared
        self._portals: dict[str, Portal] = {}
        self._skips = False  # after an error, all but Sync
        self._answers: dict[bytes, Callable[[Body], bytes]] = {
            b"P": self._parse, b"B": self._bind, b"D": self._describe, b"E": self._execute, b"C": self._close,
        }  # fmt: skip

    def ready(self) -> bytes:
        """The end of an answer, with the state of the transaction."""
        state = b"E" if self._session.failed else b"T" if self._session.in_transaction else b"I"
        return message(b"Z", state)

    def answer(self, kind: bytes, raw: bytes) -> bytes:
        """What is sent for a message. Raises Ended when the client is to hear no more."""
        if kind == b"X":
            raise Ended
        if kind == b"Q":
            self._skips = False
            return self._query(Body(raw)) + self.ready()
        if kind == b"S":
            self._skips = False
            if not self._session.in_transaction:
                self._portals.clear()
            return self.ready()
        if kind == b"H" or self._skips or kind in (b"d", b"c", b"f"):
            return b""
        try:
            if kind not in self._answers:
                raise Failed("08P01", f"The lab does not take messages of the type {kind!r}.")
            return self._answers[kind](Body(raw))
        except Failed as failed:
            self._skips = True
            return messages.error(failed)

    # -- simple

    def _query(self, body: Body) -> bytes:
        parts: list[bytes] = []
        try:
            statements = parse.split(parse.marked(body.text()))
            if not statements:
                return message(b"I")
            running = self._session.many(statements)
            for statement in statements:
                outcome = self._run(statement, lambda: next(running))
                parts.append(self._told(outcome))
            for _ in running:  # what stands behind the last one ends their transaction
                raise AssertionError
        except Failed as failed:
            parts.append(messages.error(failed))
        return b"".join(parts)

    def _told(self, outcome: Outcome) -> bytes:
        notices = b"".join(map(messages.notice, outcome.notices))
        if not outcome.tag:
            return message(b"I")
        rows = b""
        if outcome.columns is not None:
            sent = [messages.columns(outcome.columns)]
            sent += [messages.row(row, outcome.columns) for row in outcome.rows]
            rows = b"".join(sent)
        return notices + rows + message(b"C", messages.text(outcome.tag))

    # -- extended

    def _parse(self, body: Body) -> bytes:
        name, text = body.text(), parse.marked(body.text())
        given: list[int] = body.several(body.long)
        if name and name in self._prepared:
            raise Failed("42P05", f'prepared statement "{name}" already exists')
        if len(self._prepared) >= MOST_PREPARED:
            raise Failed("53400", f"The lab does not keep more than {MOST_PREPARED} prepared statements.")
        statements = parse.split(text)
        if len(statements) > 1:
            raise Failed("42601", "cannot insert multiple commands into a prepared statement")
        kinds = tuple(given[place] if place < len(given) else 25 for place in range(parse.parameters(text)))
        text = statements[0] if statements else ""
        empty = [parameter(encoding.kind_of(kind), None) for kind in kinds]
        self._prepared[name] = Prepared(text, kinds, self._session.described(text, empty))
        return message(b"1")

    def _bind(self, body: Body) -> bytes:
        portal, name = body.text(), body.text()
        prepared = self._known(name)
        formats = body.several(body.short)
        given: list[bytes | None] = body.several(lambda: self._field(body))
        if len(given) != prepared.count:
            words = f"bind message supplies {len(given)} parameters, but prepared statement requires {prepared.count}"
            raise Failed("08P01", words)
        values = [self._value(prepared, formats, place, raw) for place, raw in enumerate(given)]
        self._portals[portal] = Portal(prepared.text, values, body.several(body.short))
        if len(self._portals) > MOST_PREPARED:
            raise Failed("53400", f"The lab does not keep more than {MOST_PREPARED} portals.")
        return message(b"2")

    def _field(self, body: Body) -> bytes | None:
        size = body.long()
        return None if size == -1 else body.bytes(size)

    def _value(self, prepared: Prepared, formats: Sequence[int], place: int, raw: bytes | None) -> Value:
        given = prepared.kinds[place]
        text = None if raw is None else encoding.decoded(raw, given, messages.form_of(formats, place) == 1)
        return parameter(encoding.kind_of(given), text)

    def _known(self, name: str) -> Prepared:
        if name not in self._prepared:
            raise Failed("26000", f'prepared statement "{name}" does not exist')
        return self._prepared[name]

    def _portal(self, name: str) -> Portal:
        if name not in self._portals:
            raise Failed("34000", f'portal "{name}" does not exist')
        return self._portals[name]

    def _describe(self, body: Body) -> bytes:
        which, name = body.bytes(1), body.text()
        if which == b"P":
            portal = self._portal(name)
            found = self._session.described(portal.text, portal.values)
            return messages.columns(found, portal.formats) if found is not None else message(b"n")
        prepared = self._known(name)
        numbers = b"".join((each & 0xFFFFFFFF).to_bytes(4, "big") for each in prepared.kinds)
        head = message(b"t", prepared.count.to_bytes(2, "big") + numbers)
        return head + (messages.columns(prepared.columns) if prepared.columns is not None else message(b"n"))

    def _execute(self, body: Body) -> bytes:
        portal, most = self._portal(body.text()), body.long()
        notices = b""
        if portal.outcome is None:
            portal.outcome = self._run(portal.text, lambda: self._session.run(portal.text, portal.values))
            notices = b"".join(map(messages.notice, portal.outcome.notices))
        outcome = portal.outcome
        if not outcome.tag:
            return message(b"I")
        end = len(outcome.rows) if most <= 0 else min(len(outcome.rows), portal.sent + most)
        columns = outcome.columns or ()
        rows = b"".join(messages.row(row, columns, portal.formats) for row in outcome.rows[portal.sent : end])
        portal.sent = end
        if end < len(outcome.rows):
            return notices + rows + message(b"s")
        return notices + rows + message(b"C", messages.text(outcome.tag))

    def _close(self, body: Body) -> bytes:
        which, name = body.bytes(1), body.text()
        (self._portals if which == b"P" else self._prepared).pop(name, None)
        return message(b"3")
