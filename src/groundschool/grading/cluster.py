"""Grades on other machines: jobs go to the workers of a Dask scheduler with the files they need, results come back.

The course lies on a path that all machines share, and the same package is installed on them; a worker refuses a job of
another course than it sees. What is done with results, and everything else, is as on one machine.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import nbformat

from groundschool.checks.verdict import Result, Verdict, verdict_from_json
from groundschool.errors import GroundSchoolError
from groundschool.grading import inputs, submission
from groundschool.grading.runfolder import RunFolder
from groundschool.grading.session.engine import Engine
from groundschool.grading.submission import Graded, Job

SECONDS_TO_ANSWER = 15
MOST_LOST = 2  # a job whose worker was lost goes elsewhere so often; then a person looks at it


class NoCluster(GroundSchoolError):
    """There is no scheduler at that address, it has no workers, or the library is missing."""


class Cluster:
    """The workers of a scheduler. A context manager."""

    def __init__(self, address: str, kept_in: Path) -> None:
        self.kept_in = kept_in
        self._client = _client(address)
        self._executor: Executor = self._client.get_executor(pure=False)
        self.workers = sum(self._client.nthreads().values())
        if not self.workers:
            self._client.close()
            raise NoCluster(f"The scheduler {address} has no worker yet. Start some: `dask worker {address}`.")
        self._client.run_on_scheduler(_lose_at_most, MOST_LOST)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()

    def grade(self, job: Job, stood: Mapping[str, Verdict]) -> Graded:
        """Does a job on some worker. Raises what the worker raised, or distributed's KilledWorker."""
        taken = json.dumps({question: asdict(verdict) for question, verdict in stood.items()})
        given = (inputs.packed(job), job.course, taken, str(self.kept_in))
        body = json.loads(self._executor.submit(performed, *given).result())
        return Graded(Result.from_json(body["result"]), nbformat.from_dict(body["notebook"]))


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise NoCluster("`--cluster` needs the package distributed: pip install 'groundschool[cluster]'.") from None
    try:
        return Client(address, timeout=SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(
            f"No Dask scheduler answers at {address} ({type(error).__name__}). Expected an address such as "
            "tcp://10.0.0.5:8786, which `dask scheduler` prints."
        ) from None


def _lose_at_most(number: int, dask_scheduler: Any) -> None:
    dask_scheduler.allowed_failures = number


def performed(packed: bytes, course: str, stood: str, kept_in: str) -> str:
    """What a worker runs: does the job in an engine that its process keeps, taking over the verdicts `stood`. Returns
    the result and the notebook as JSON.
    """
    with RunFolder() as folder:
        job = replace(inputs.unpacked(packed, folder.path / "job"), course=course)
        taken = {name: verdict_from_json(body) for name, body in json.loads(stood).items()}
        engine = _engine(job.isolation, str(Path(course) / "data"), os.getpid())
        graded = submission.perform(job, engine, taken, Path(kept_in))
    return json.dumps({"result": graded.result.to_json(), "notebook": graded.notebook})


@functools.cache
def _engine(isolation: Literal["sandbox", "none"], data: str, process: int) -> Engine:
    engine = Engine(isolation, Path(data))
    atexit.register(engine.__exit__)
    return engine
