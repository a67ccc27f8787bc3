"""The warm processes of a grading run: one fork server a role, each holding libraries and nothing else.

Sides of submissions are forked from them into boxes; see `side.py`. What a submission is, is not known here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from groundschool.grading.forkserver import ForkServer
from groundschool.grading.limits import CANDIDATE, CANDIDATE_JVM, EXAMINER, SQL, Limits
from groundschool.grading.side import Side

ROLES = "groundschool.grading"
LIBRARIES = ("numpy", "pandas", "pyarrow", "pyarrow.pandas_compat", "pyarrow.compute")


class Engine:
    """Makes the sides of submissions. A context manager; fork servers start when first needed."""

    def __init__(self, isolation: Literal["sandbox", "none"], data: Path) -> None:
        self.isolation: Literal["sandbox", "none"] = isolation
        self.data = data
        self._servers: dict[str, ForkServer] = {}

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            server.close()

    def candidate(self, *, jvm: bool = False, files: Path | None = None) -> Side:
        """A fresh process for a candidate's cells. `files` is the folder of the submission's own files."""
        limits = CANDIDATE_JVM if jvm else CANDIDATE
        return self._side("candidate", limits, ("duckdb", "IPython.core.interactiveshell"), files)

    def examiner(self) -> Side:
        """A fresh process for test cells."""
        return self._side("examiner", EXAMINER, ("duckdb",))

    def sql(self) -> Side:
        """A fresh process for queries."""
        return self._side("sqlworker", SQL, ("duckdb",))

    def _side(self, role: str, limits: Limits, preload: Sequence[str], files: Path | None = None) -> Side:
        if role not in self._servers:
            self._servers[role] = ForkServer(f"{ROLES}.{role}", preload=[*LIBRARIES, *preload])
        environment = {"GROUNDSCHOOL_DATA": str(self.data), "PYSPARK_PYTHON": sys.executable}
        request = {"environment": environment, "files": str(files or "")}
        readonly = [self.data, *([files] if files else [])]
        return Side(self._servers[role], role, limits, self.isolation == "sandbox", readonly=readonly, request=request)
