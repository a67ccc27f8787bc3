"""A warm process forks a child a request, with a home of its own; the child runs the file of Dags, or the scheduler.

In boxes the warm process is the fork server's (`warm`, `warm_to_run`), of which this process is a fork. Elsewhere, in a
notebook's kernel, which has threads and names of its own, it is a helper that is started once and ends with the kernel.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from groundschool.engines.airflow import home
from groundschool.errors import GroundSchoolError

LARGEST = 8 << 20  # bytes of a report
LONGEST_OUTPUT = 20_000
MOST_PATIENCE = 2  # times the seconds of a request, added at most while its child waits for a processor

_helper: subprocess.Popen[bytes] | None = None
_lock = threading.Lock()


class NoAirflow(GroundSchoolError):
    """Airflow could not be started here."""


def ask(order: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """What the child reports of an order `{"do": "read" | "run" | "tick", …}`, with what it printed as `output`.

    A child that is not done in time is ended, and the report is `{"stopped": seconds, "unfinished": [[task, state],
    …]}`; one that ended itself, `{"ended": True}`.
    """
    if home.is_warm():
        return _in_fork(order, seconds)
    told = {"order": dict(order), "seconds": seconds, "environment": dict(os.environ), "folder": os.getcwd()}
    with _lock:
        return _by_helper(json.dumps(told).encode() + b"\n")


def _doers() -> dict[str, Callable[[Path, dict[str, Any]], dict[str, Any]]]:
    from groundschool.engines.airflow import reading, running, scheduling

    return {"read": reading.read, "run": running.run, "tick": scheduling.tick}


def _in_fork(order: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="airflow-")).resolve()
    report, told = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            os.close(report)
            _be_child(folder, dict(order), told)
        os.close(told)
        content = _received(report, pid, seconds)
        unfinished = home.unfinished(folder) if content is None else []
        _end(pid)
        if content is None:
            return {"stopped": seconds, "unfinished": [list(each) for each in unfinished], "output": _output(folder)}
        return {**_parsed(content), "output": _output(folder)}
    finally:
        os.close(report)
        home.drop(folder)


def _be_child(folder: Path, order: dict[str, Any], told: int) -> NoReturn:
    try:
        gc.freeze()  # else the collector would copy every page
        os.setsid()
        _settle(folder)
        home.enter(folder)
        body = json.dumps(_doers()[order["do"]](folder, order)).encode()
        sys.stdout.flush()
        with os.fdopen(told, "wb") as pipe:
            pipe.write(body)
    except BaseException as error:
        with contextlib.suppress(OSError), os.fdopen(told, "wb", closefd=False) as pipe:
            pipe.write(json.dumps({"errors": [f"{type(error).__name__}: {error}"[:2000]]}).encode())
    finally:
        os._exit(0)


def _settle(folder: Path) -> None:
    """What it prints goes into a file, and it reads nothing."""
    printed = os.open(folder / "output", os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, printed, printed)):
        os.dup2(descriptor, number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def _received(report: int, pid: int, seconds: float) -> bytes | None:
    """All that the child reports; None when it did not close its end in time, or says too much.

    What it waits for a processor is added to its time: on a busy machine a right answer would be ended otherwise.
    """
    began, content = time.monotonic(), b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(report, selectors.EVENT_READ)
        while len(content) <= LARGEST:
            kept = min(kept_waiting(pid), MOST_PATIENCE * seconds)
            if (left := began + seconds + kept - time.monotonic()) <= 0:
                break
            if not waiting.select(min(left, 0.5)):
                if _is_gone(pid):
                    return content  # what it started may still hold its end
                continue
            part = os.read(report, 1 << 16)
            if not part:
                return content
            content += part
    return None


def kept_waiting(pid: int) -> float:
    """How many seconds the threads of a process were ready to run and had no processor; 0 where nobody counts it."""
    waited = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            waited += int((thread / "schedstat").read_text(encoding="ascii").split()[1])
    return waited / 1e9


def _is_gone(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return True


def _end(pid: int) -> None:
    """Ends the child and what it started in its session."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(OSError):
            kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _parsed(content: bytes) -> dict[str, Any]:
    """The report. The file of Dags may have written anything there: it is looked at by whoever asked."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {"ended": True}


def _output(folder: Path) -> str:
    with contextlib.suppress(OSError), open(folder / "output", "rb") as printed:
        size = printed.seek(0, os.SEEK_END)
        printed.seek(max(0, size - LONGEST_OUTPUT))
        return printed.read().decode("utf-8", "replace")
    return ""


# -- the helper of a kernel


def _by_helper(line: bytes) -> dict[str, Any]:
    global _helper
    if _helper is None or _helper.poll() is not None:
        _helper = _started()
    assert _helper.stdin is not None
    assert _helper.stdout is not None
    try:
        _helper.stdin.write(line)
        _helper.stdin.flush()
        answer = _helper.stdout.readline()
    except BaseException:  # an interrupt, too: a helper that may still answer is of no use
        _helper.kill()
        raise
    if not answer:
        raise NoAirflow("The process that holds Airflow ended. `groundschool doctor` says what is missing.")
    return _parsed(answer)


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
        start_new_session=True,  # an interrupt of the kernel is not for it; it ends when the kernel's end closes
    )


def close() -> None:
    """Ends the helper, if there is one; the next request starts another."""
    global _helper
    if _helper is not None:
        _helper.kill()
        _helper.wait()
        _helper = None


def serve() -> None:
    """The helper: a line of JSON for an order, one for its report, until the kernel is gone."""
    home.warm(to_run=True)
    orders, reports = sys.stdin.buffer, sys.stdout.buffer
    for line in orders:
        told = json.loads(line)
        os.environ.clear()
        os.environ.update(told["environment"])
        os.chdir(told["folder"])
        reports.write(json.dumps(_in_fork(told["order"], told["seconds"])).encode() + b"\n")
        reports.flush()


if __name__ == "__main__":
    serve()
