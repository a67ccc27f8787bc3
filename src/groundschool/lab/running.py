"""Runs a script that somebody handed to a service: in a process and a folder of its own, for a limited time.

In one's own lab it is a process like any cell's of the notebook. Where strangers are graded the lab has no code of
theirs beside it: each script then runs in a box of its own, where `answer` serves it, and `remote` asks for it over a
socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from groundschool.engines import spark
from groundschool.errors import GroundSchoolError

MOST_OUTPUT = 1 << 20  # bytes that are kept of it, from its end
MOST_REQUEST = 16 << 20
LIBRARY = Path(__file__).parent / "job"
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Script:
    """A program in Python with its arguments, the variables it is to find, the seconds that it has, and whether it is
    one of Spark."""

    source: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    seconds: float
    spark: bool = False


@dataclass(frozen=True)
class Ran:
    """How a script ended: exit status (negative: a signal), what it wrote, and whether its time was over."""

    exit: int
    output: str
    late: bool = False


Runner = Callable[[Script], Ran]


def run(script: Script) -> Ran:
    """Runs a script here, and ends whatever it started."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        (Path(folder) / "script.py").write_text(script.source, encoding="utf-8")
        own = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        if script.spark:
            try:
                own.update(spark.of_script(Path(folder)))
            except GroundSchoolError as error:
                return Ran(1, str(error))
        paths = os.pathsep.join(filter(None, [str(LIBRARY), own.get("PYTHONPATH", "")]))
        process = subprocess.Popen(
            [sys.executable, "script.py", *script.arguments],
            cwd=folder,
            env={**own, **script.environment, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        late = False
        try:
            process.wait(script.seconds)
        except subprocess.TimeoutExpired:
            late = True
        _end(process)
        size = said.seek(0, os.SEEK_END)
        said.seek(max(0, size - MOST_OUTPUT))
        return Ran(process.returncode, said.read().decode("utf-8", "replace"), late)


def remote(path: str) -> Runner:
    """A runner that asks whoever listens on the unix socket at `path`."""

    def runner(script: Script) -> Ran:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(script.seconds + 30)
            try:
                connection.connect(path)
                connection.sendall(json.dumps(asdict(script)).encode())
                connection.shutdown(socket.SHUT_WR)
                found = json.loads(_received(connection))
                return Ran(int(found["exit"]), str(found["output"]), bool(found["late"]))
            except (OSError, ValueError, KeyError, TypeError):
                return Ran(-1, "The process that runs jobs ended.")

    return runner


def answer(connection: socket.socket, endpoint: str) -> None:
    """Runs the script that is asked for over a connection, for which the lab is at `endpoint`."""
    asked = json.loads(_received(connection))
    environment = {**asked["environment"], "AWS_ENDPOINT_URL": endpoint}
    script = Script(
        asked["source"], tuple(asked["arguments"]), environment, float(asked["seconds"]), bool(asked["spark"])
    )
    ran = run(script)
    connection.sendall(json.dumps(asdict(ran)).encode())


def _received(connection: socket.socket) -> bytes:
    parts, size = [], 0
    while (part := connection.recv(1 << 16)) and size <= MOST_REQUEST:
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The script and the processes of its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
