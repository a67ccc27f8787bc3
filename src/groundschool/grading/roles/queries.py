"""The text worker, inside a box of its own: runs a candidate's text in the engine named, over the dataset sent.

Not in the candidate's process, where Python could answer in its place, and not in the examiner, which evaluates no text
of a submission.
"""

from __future__ import annotations

import socket
from typing import Any

from groundschool.engines import duckdb_, engine
from groundschool.grading import wire
from groundschool.grading.wire import protocol
from groundschool.grading.wire.bundle import Bundle
from groundschool.grading.wire.dataset import part_of
from groundschool.grading.wire.protocol import Message


def queries(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role: one text a message."""
    while True:
        try:
            query, blobs = protocol.QUERIES.receive(channel)
        except wire.Closed:
            return
        found = Bundle()
        wire.send_raw(channel, protocol.pack(_answer(query, Bundle(blobs), found), found.blobs))


def _answer(query: protocol.Query, given: Bundle, found: Bundle) -> Message:
    dataset = {part.name: part_of(given.take(part.value)) for part in query.dataset}
    try:
        rows = engine.answer(query.text, dataset, name=query.engine, kind=query.kind, leaves=query.leaves)
        return protocol.Returned(found.put(rows))
    except engine.QueryRefused as error:
        return protocol.Refused(str(error)[:500])
    except engine.QueryFailed as error:
        return protocol.QueryFailed(str(error)[:2000], isinstance(error, engine.QueryOutOfMemory))
    except (wire.NotPlain, wire.TooLarge) as error:
        return protocol.Refused(str(error)[:500])


def warm() -> None:
    """Pays for first uses once: an open database, and lazy inner imports of Arrow. Neither starts a thread; a table
    would.
    """
    wire.decode(*wire.encode(duckdb_.run("select 1 as one", {})))
