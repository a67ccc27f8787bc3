"""The SQL worker, inside the lab's box: runs a candidate's query over the tables sent, and knows nothing else.

Not in the candidate's process, where Python could answer in its place, and not in the examiner, which evaluates no text of a
submission.
"""

from __future__ import annotations

import socket
from typing import Any

from groundschool.engines import duckdb_
from groundschool.grading import wire

CAP = 256 << 20


def queries(channel: socket.socket, request: dict[str, Any]) -> None:
    """The role: one query a message."""
    while True:
        try:
            head, blobs = wire.receive(channel, CAP)
        except wire.Closed:
            return
        wire.send(channel, *_answer(head, blobs))


def _answer(head: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    tables, start = {}, 0
    for name, encoded, count in head["tables"]:
        tables[name] = wire.decode(encoded, blobs[start : start + count])
        start += count
    try:
        encoded, out = wire.encode(duckdb_.run(head["text"], tables))
    except duckdb_.QueryRefused as error:
        return {"refused": str(error)[:500]}, []
    except duckdb_.QueryFailed as error:
        return {"failed": str(error)[:2000]}, []
    except (wire.NotPlain, wire.TooLarge) as error:
        return {"refused": str(error)[:500]}, []
    return {"value": encoded}, out


def warm() -> None:
    """Pays for first uses once: an open database, and lazy inner imports of Arrow. Neither starts a thread; a table would."""
    wire.decode(*wire.encode(duckdb_.run("select 1 as one", {})))
