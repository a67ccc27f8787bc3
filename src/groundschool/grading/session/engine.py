"""The warm processes of a grading run: one fork server a role, each holding libraries and nothing else.

Sides of submissions are forked from them into boxes; see `side.py`. What a submission is, is not known here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from groundschool.grading.box.forkserver import ForkServer
from groundschool.grading.box.limits import CANDIDATE, CANDIDATE_JVM, EXAMINER, LAB, SQL, Limits
from groundschool.grading.session.lab import Laboratory
from groundschool.grading.session.process import Side

ROLES = "groundschool.grading.roles"
TABLES = ("numpy", "pandas", "pyarrow", "pyarrow.pandas_compat", "pyarrow.compute", "duckdb")
LIBRARIES = {
    "candidate": (*TABLES, "IPython.core.interactiveshell"),
    "examiner": TABLES,
    "queries": TABLES,
    "lab": (),
}
CLIENTS = ("boto3",)  # for topics with a lab
RUBRICS = ("groundschool.checks.rubric.warm",)  # for topics with short answers


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

    def candidate(self, *, jvm: bool = False, files: Path | None = None, lab: Laboratory | None = None) -> Side:
        """A fresh process for a candidate's cells. `files` is the folder of the submission's own files."""
        return self._side("candidate", CANDIDATE_JVM if jvm else CANDIDATE, files, lab)

    def examiner(self, lab: Laboratory | None = None, *, rubrics: bool = False) -> Side:
        """A fresh process for test cells; with `rubrics`, one that can read text at once."""
        return self._side("examiner", EXAMINER, None, lab, also=RUBRICS if rubrics else ())

    def sql(self) -> Side:
        """A fresh process for queries."""
        return self._side("queries", SQL)

    def lab(self) -> Laboratory:
        """A lab for one submission, in which nothing runs yet."""
        boxed = self.isolation == "sandbox"
        return Laboratory(lambda keys: Side(self._server("lab"), "lab", LAB, boxed, request=keys), boxed)

    def _side(self, role: str, limits: Limits, files: Path | None = None, lab: Laboratory | None = None, *,
              also: Sequence[str] = ()) -> Side:  # fmt: skip
        request = {
            "environment": {"GROUNDSCHOOL_DATA": str(self.data), "PYSPARK_PYTHON": sys.executable},
            "files": str(files or ""),
            "lab": lab.request(role) if lab else None,
        }
        readonly = [folder for folder in (self.data, files) if folder and folder.is_dir()]
        sockets = lab.binds if lab else []
        server = self._server(role, (*also, *(CLIENTS if lab else ())))
        return Side(
            server, role, limits, self.isolation == "sandbox", readonly=readonly, sockets=sockets, request=request
        )

    def _server(self, role: str, also: Sequence[str] = ()) -> ForkServer:
        name = "+".join([role, *also])
        if name not in self._servers:
            self._servers[name] = ForkServer(f"{ROLES}.{role}", preload=[*LIBRARIES[role], *also])
        return self._servers[name]
