"""The SQL worker, inside the lab's box: runs a candidate's query over the tables sent, and knows nothing else.

Not in the candidate's process, where Python could answer in its place, and not in the examiner, which evaluates no text of a
submission.
"""

from __future__ import annotations

import socket
from typing import Any

from groundschool.engines import duckdb_
from groundschool.grading import wire
from groundschool.grading.wire import protocol
from groundschool.grading.wire.bundle import Bundle
from groundschool.grading.wire.protocol import Message


def queries(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role: one query a message."""
    while True:
        try:
            query, blobs = protocol.QUERIES.receive(channel)
        except wire.Closed:
            return
        found = Bundle()
        wire.send_raw(channel, protocol.pack(_answer(query, Bundle(blobs), found), found.blobs))


def _answer(query: protocol.Query, given: Bundle, found: Bundle) -> Message:
    tables = {table.name: given.take(table.value) for table in query.tables}
    try:
        return protocol.Returned(found.put(duckdb_.run(query.text, tables)))
    except duckdb_.QueryRefused as error:
        return protocol.Refused(str(error)[:500])
    except duckdb_.QueryFailed as error:
        return protocol.QueryFailed(str(error)[:2000])
    except (wire.NotPlain, wire.TooLarge) as error:
        return protocol.Refused(str(error)[:500])


def warm() -> None:
    """Pays for first uses once: an open database, and lazy inner imports of Arrow. Neither starts a thread; a table would."""
    wire.decode(*wire.encode(duckdb_.run("select 1 as one", {})))
