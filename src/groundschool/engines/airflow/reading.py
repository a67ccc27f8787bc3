"""Reads a file of Dags as Airflow's Dag processor does, in a child whose ways to a network, a database and other
processes are closed meanwhile. Nothing of it runs.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groundschool.engines.airflow import home

# Events of Python's own audit, and what a file does that raises one.
CLOSED = {
    "socket.connect": "opens a connection",
    "socket.getaddrinfo": "looks up a host",
    "socket.sendto": "sends to the network",
    "sqlite3.connect": "opens a database",
    "subprocess.Popen": "starts a program",
    "os.system": "starts a program",
    "os.posix_spawn": "starts a program",
    "os.fork": "starts a process",
    "os.forkpty": "starts a process",
}
TOLD = "The file {} while it is read. That belongs into a task: the file is read again and again, and often."
LONGEST_ERROR = 2000


class ReachesOut(Exception):
    """The file did, while it was read, what belongs into a task."""


class _Gate:
    """Closes the ways out while a file is read; an audit hook stays for good, so there is one a process."""

    def __init__(self) -> None:
        self.closed, self.tried = False, list[str]()
        sys.addaudithook(self._heard)

    def _heard(self, event: str, _: tuple[Any, ...]) -> None:
        if self.closed and event in CLOSED:
            self.tried.append(f"ReachesOut: {TOLD.format(CLOSED[event])}")
            raise ReachesOut(TOLD.format(CLOSED[event]))

    @contextlib.contextmanager
    def shut(self) -> Iterator[None]:
        """Closed for the length of the block."""
        self.closed = True
        try:
            yield
        finally:
            self.closed = False


_gate: _Gate | None = None


def bag_of(folder: Path, name: str, text: str) -> tuple[Any, list[str]]:
    """Airflow's own bag of the Dags in the file, and the errors with which it could not be imported."""
    from airflow.dag_processing.dagbag import DagBag

    global _gate
    _gate = _gate or _Gate()
    path = folder / home.DAGS / Path(name).name
    path.write_text(text, encoding="utf-8")
    with _gate.shut():
        bag = DagBag(str(path), safe_mode=False)
    errors = [_last(str(error)) for error in bag.import_errors.values()]
    return bag, errors or list(dict.fromkeys(_gate.tried))


def read(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """The import errors of a file, each as its last lines, and its Dags in serialised form by their ids."""
    from airflow.serialization.serialized_objects import DagSerialization

    bag, errors = bag_of(folder, order["name"], order["text"])
    dags: dict[str, Any] = {}
    for name, dag in sorted(bag.dags.items()):
        try:
            dags[name] = DagSerialization.to_dict(dag)
        except Exception as error:
            errors.append(_last(f"{type(error).__name__}: {error}"))
    return {"errors": errors, "dags": dags}


def _last(error: str) -> str:
    """What a traceback says at its end."""
    lines = [line for line in error.strip().splitlines() if line.strip()]
    ends = [at for at, line in enumerate(lines) if line.startswith("  File ")]
    return "\n".join(lines[ends[-1] :] if ends else lines)[-LONGEST_ERROR:]
