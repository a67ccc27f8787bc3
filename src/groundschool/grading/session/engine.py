"""The warm processes of a grading run: one fork server a role, each holding libraries and nothing else.

Sides of submissions are forked from them into boxes; see `process`. What a submission is, is not known here.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, Literal

from groundschool.course.manifest import Needs
from groundschool.grading.box import limits
from groundschool.grading.box.box import BoxError
from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import Limits
from groundschool.grading.session.lab import Laboratory
from groundschool.grading.session.process import Interrupted, Side

TABLES = ("numpy", "pandas", "pyarrow", "pyarrow.pandas_compat", "pyarrow.compute", "duckdb")
CLIENTS = ("groundschool.lab.warm",)  # for topics with a lab
NOTHING = Needs()
TO_RUN_DAGS = ("groundschool.engines.airflow.warm_to_run",)  # for topics with Airflow
TO_SCHEDULE = ("groundschool.engines.airflow.warm",)
TO_CONNECT = ("snowflake.connector",)  # for topics with Snowflake
TO_STORE = ("groundschool.engines.snowflake.session", "pyarrow.parquet")
TO_CONNECT_TO_REDSHIFT = ("redshift_connector",)
TO_LOAD = ("groundschool.engines.redshift.session", "pyarrow.parquet")
JUDGES = "judges"
WAITS = (0.2, 1.0, 3.0)  # seconds before a part is begun once more
RUBRICS = ("groundschool.checks.rubric.warm",)  # for topics with short answers


class BoxRole(Enum):
    """What a process of a submission is there for."""

    CANDIDATE = "the candidate's cells"
    CANDIDATE_JVM = "the candidate's cells, with Spark"
    EXAMINER = "the test cells"
    QUERIES = "the queries of the answers"
    LAB = "the lab's services"
    JOBS = "the scripts of jobs that the lab was given"


@dataclass(frozen=True)
class Part:
    """How a role is played: the name of its function; what its fork server imports before; what its box may use; the
    module of `grading.roles` that holds it, where that has another name.
    """

    name: str
    libraries: tuple[str, ...]
    limits: Limits
    beside: str = ""

    @property
    def module(self) -> str:
        """The full name of its module."""
        return f"groundschool.grading.roles.{self.beside or self.name}"


PARTS: dict[BoxRole, Part] = {
    BoxRole.CANDIDATE: Part("candidate", (*TABLES, "IPython.core.interactiveshell"), limits.CANDIDATE),
    BoxRole.CANDIDATE_JVM: Part("candidate", (*TABLES, "IPython.core.interactiveshell"), limits.CANDIDATE_JVM),
    BoxRole.EXAMINER: Part("examiner", TABLES, limits.EXAMINER, JUDGES),
    BoxRole.QUERIES: Part("queries", TABLES, limits.SQL, JUDGES),
    BoxRole.LAB: Part("lab", (), limits.LAB),
    BoxRole.JOBS: Part("jobs", (), limits.CANDIDATE_JVM),  # some are of Spark
}


def candidate_part(needs: Needs) -> Part:
    """How a candidate's cells are run that need this: with the limits of the topic, where it states some."""
    part, stated = PARTS[BoxRole.CANDIDATE_JVM if needs.spark else BoxRole.CANDIDATE], needs.limits
    usual = part.limits
    own = replace(
        usual,
        wall_seconds=stated.wall_seconds or usual.wall_seconds,
        memory_bytes=stated.memory_mib * limits.MIB if stated.memory_mib else usual.memory_bytes,
        disk_bytes=stated.disk_mib * limits.MIB if stated.disk_mib else usual.disk_bytes,
    )
    return replace(part, limits=own)


def _preloaded(needs: Needs) -> tuple[str, ...]:
    """What a candidate's cells would import first."""
    return (*(TO_RUN_DAGS if needs.airflow else ()), *_connectors(needs))


def _connectors(needs: Needs) -> tuple[str, ...]:
    """What is slow to import of those who connect to a warehouse."""
    return (
        *(TO_CONNECT if needs.snowflake else ()),
        *(TO_CONNECT_TO_REDSHIFT if needs.redshift else ()),
    )


class Engine:
    """Makes the sides of submissions. A context manager; fork servers start when first needed."""

    def __init__(self, isolation: Literal["sandbox", "none"], data: Path) -> None:
        self.isolation: Literal["sandbox", "none"] = isolation
        self.data = data
        self._servers: dict[tuple[str, ...], ForkServer] = {}
        self._lock = threading.Lock()
        self._sides = weakref.WeakSet[Side]()
        self._stopping = False

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.close()

    @contextlib.contextmanager
    def threads(self, number: int) -> Iterator[Executor]:
        """Threads that await sides: what costs time happens in the processes of boxes. Where whoever waits for the
        threads is stopped, so is all that they await.
        """
        with ThreadPoolExecutor(number) as executor:
            try:
                yield executor
            except BaseException:
                with self.interrupted():
                    executor.shutdown(cancel_futures=True)
                raise

    @contextlib.contextmanager
    def interrupted(self) -> Iterator[None]:
        """Ends whatever runs, and begins nothing: the threads that await it raise Interrupted."""
        with self._lock:
            self._stopping, sides = True, [side for side in self._sides if side.alive]
        for side in sides:
            side.interrupt()
        try:
            yield
        finally:
            self._stopping = False

    def candidate(self, needs: Needs = NOTHING, folders: Sequence[Path] = (), lab: Laboratory | None = None) -> Side:
        """A fresh process for a candidate's cells, in a folder that holds the files of `folders`, of which the first
        wins.
        """
        return self._side(candidate_part(needs), folders, lab, also=_preloaded(needs))

    def examiner(self, needs: Needs = NOTHING, folders: Sequence[Path] = (), lab: Laboratory | None = None) -> Side:
        """A fresh process for test cells, in a folder that holds the files of `folders`; where there are rubrics, one
        that can read text at once.
        """
        also = (*(RUBRICS if needs.rubrics else ()), *_connectors(needs))
        return self._side(PARTS[BoxRole.EXAMINER], folders, lab, also=also)

    def queries(self, needs: Needs = NOTHING) -> Side:
        """A fresh process for queries."""
        return self._side(PARTS[BoxRole.QUERIES], (), also=TO_SCHEDULE if needs.airflow else ())

    def lab(self, needs: Needs = NOTHING) -> Laboratory:
        """A lab for one submission, in which nothing runs yet."""
        boxed, also = self.isolation == "sandbox", TO_STORE if needs.snowflake else TO_LOAD if needs.redshift else ()
        begin = partial(self._begun, PARTS[BoxRole.LAB], also)
        return Laboratory(begin, partial(self._begun, PARTS[BoxRole.JOBS]), boxed)

    def _side(
        self, part: Part, folders: Sequence[Path], lab: Laboratory | None = None, *, also: Sequence[str] = ()
    ) -> Side:
        request = {
            "environment": {"GROUNDSCHOOL_DATA": str(self.data), "PYSPARK_PYTHON": sys.executable},
            "folders": [str(folder) for folder in folders],
            "boxed": self.isolation == "sandbox",
            "lab": lab.request(part.name) if lab else None,
        }
        readonly = [folder for folder in (self.data, *folders) if folder.is_dir()]
        sockets = lab.binds if lab else []
        also = (*also, *(CLIENTS if lab else ()))
        return self._begun(part, also, readonly=readonly, sockets=sockets, request=request)

    def _begun(self, part: Part, also: Sequence[str] = (), **surroundings: Any) -> Side:
        """The part being played. A failure of ours is nobody's fault and may pass: it is tried again before it is
        told.
        """
        for seconds in WAITS:
            with contextlib.suppress(BoxError):
                return self._begun_once(part, also, **surroundings)
            time.sleep(seconds)
        return self._begun_once(part, also, **surroundings)

    def _begun_once(self, part: Part, also: Sequence[str], **surroundings: Any) -> Side:
        server, boxed = self._server(part, also), self.isolation == "sandbox"
        side = Side(server, part.name, part.limits, boxed, **surroundings)
        with self._lock:
            self._sides.add(side)
            stopping = self._stopping
        if stopping:
            side.close()
            raise Interrupted
        return side

    def _server(self, part: Part, also: Sequence[str] = ()) -> ForkServer:
        """The part's fork server; another one in the place of one that was killed."""
        key = (part.module, *also)
        with self._lock:
            if self._stopping:
                raise Interrupted
            server = self._servers.get(key)
            if server and not server.alive:
                server.close()
                server = None
            self._servers[key] = server or ForkServer(part.module, preload=[*part.libraries, *also])
            return self._servers[key]
