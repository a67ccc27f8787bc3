"""A job's beginning and end. Bookmarks, which these two keep at AWS, are not kept here; a run that asks for them is
refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .refusals import missing


class Job:
    """See AWS's page "Job class"."""

    def __init__(self, glue_context: Any) -> None:
        self._name = ""

    def init(self, job_name: str, args: Mapping[str, str] | None = None) -> None:
        """Begins the job."""
        self._name = job_name

    def commit(self) -> None:
        """Ends the job. Raises ValueError when it was not begun."""
        if not self._name:
            raise ValueError("Job.commit() was called before Job.init().")

    def __getattr__(self, name: str) -> Any:
        raise missing("Job", name)
