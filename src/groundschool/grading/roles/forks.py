"""Forks of the candidate's process: what one must make anew before it goes on, and how one is ended with all it
started.

A fork has every name that its parent had, at no cost but of the pages that either changes. When to fork is the driver's
to say.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import local
from typing import Any

ROUNDS = 200  # of killing whatever is there: what goes on forking is left to the box


def fork() -> int:
    """The fork's pid, 0 in the fork. Raises OSError where no process may be started."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the candidate's threads; the fork is used by one thread
        return os.fork()


def settle() -> None:
    """Makes what two processes cannot share anew, in a fresh fork: connections that are open already."""
    gc.freeze()  # else the collector would copy every page
    client = getattr(_gateway(), "_gateway_client", None)
    if client is not None:
        for connection in client.deque:  # py4j shuts down what is open when it forgets it, for the parent as well
            with contextlib.suppress(Exception):
                connection.stream.close()
                connection.socket.close()
        # On one connection the JVM could not tell the two apart; with an empty queue the next call opens its own.
        client.deque, client.thread_connection = deque(), local()
        _gateway().__dict__["_callback_server"] = None  # its thread is not here
    if "urllib3" in sys.modules:
        pools = sys.modules["urllib3"].PoolManager
        for manager in [each for each in gc.get_objects() if type(each) is pools]:
            with contextlib.suppress(Exception):
                manager.clear()


def copied_session() -> Any:
    """The JVM's copy of the notebook's session as it is now, with settings, views, functions; None without one."""
    with contextlib.suppress(Exception):  # the candidate's code may have made anything of it
        copied = sys.modules["pyspark.sql"].SparkSession._instantiatedSession._jsparkSession.cloneSession()
        copied.sessionState().catalog()  # views and functions are copied when first asked for
        return copied


def use_session(copied: Any) -> None:
    """Goes on with a copied session, in a fresh fork: what others set or name from now on is not found in it."""
    with contextlib.suppress(Exception):
        session = sys.modules["pyspark.sql"].SparkSession._instantiatedSession
        session._jvm.SparkSession.setActiveSession(copied)
        session._jsparkSession, session.conf = copied, type(session.conf)(copied.conf())


def keep_context() -> None:
    """From now on `spark.stop()` ends a session, and not the context that forks of this process share with it."""
    if _gateway() is not None:
        sys.modules["pyspark"].SparkContext.stop = lambda context: None


def jvm_is_gone() -> bool:
    """Whether there was a JVM of the notebook's and is none any more."""
    process = getattr(_gateway(), "proc", None)
    return process is not None and process.pid not in living()


def cancel_jobs() -> None:
    """Stops what the JVM still computes for a process that is no more."""
    if _gateway() is not None and (context := sys.modules["pyspark"].SparkContext._active_spark_context):
        context.cancelAllJobs()


def living() -> dict[int, tuple[int, int]]:
    """Every process that lives here, with its parent and its session."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                state, parent, _, session = (folder / "stat").read_text().rpartition(")")[2].split()[:4]
                if state not in "ZX":
                    found[int(folder.name)] = (int(parent), int(session))
    return found


def end(pid: int) -> bool:
    """Ends a fork and all it started; whether nothing is left of it."""
    family = {pid}

    def related() -> set[int]:
        there = living()
        grown = True
        while grown:
            more = {each for each, (parent, session) in there.items() if parent in family or session == pid}
            grown = not more <= family
            family.update(more)
        return family & there.keys()

    return _kill_all(related)


def end_others(kept: set[int]) -> bool:
    """Ends every process but those of `kept`, process 1 and this one; whether none is left."""
    return _kill_all(lambda: living().keys() - kept - {1, os.getpid()})


def _kill_all(victims: Callable[[], set[int]]) -> bool:
    for _ in range(ROUNDS):
        found = victims()
        if not found:
            return True
        for each in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(each, signal.SIGKILL)
        _reap(found)
        time.sleep(0.002)
    return False


def _reap(pids: set[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def _gateway() -> Any:
    """PySpark's connection to its JVM, None where there is none."""
    pyspark = sys.modules.get("pyspark")
    return pyspark.SparkContext._gateway if pyspark and hasattr(pyspark, "SparkContext") else None
