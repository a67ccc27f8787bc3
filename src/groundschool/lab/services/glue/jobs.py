"""Jobs: their definitions, and what can be asked about their runs. What a run does is `runs`'."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from groundschool.lab import sessions
from groundschool.lab.service import Asked, Refused
from groundschool.lab.services.glue import definitions, runs
from groundschool.lab.services.glue.catalog import Json
from groundschool.lab.services.glue.pages import page
from groundschool.lab.stores import copied

MOST = 100  # of a page
JOBS: MutableMapping[str, Json] = {}
Parameters = Mapping[str, Any]


def create_job(given: Parameters, asked: Asked) -> Json:
    name = given["Name"]
    if name in JOBS:
        raise Refused(400, "AlreadyExistsException", f"Job with name: {name} already submitted.")
    kept = _checked(given, asked)
    now = time.time()
    JOBS[name] = {**kept, "Name": name, "CreatedOn": now, "LastModifiedOn": now}
    return {"Name": name}


def get_job(given: Parameters, asked: Asked) -> Json:
    return {"Job": copied(_job(given["JobName"]))}


def get_jobs(given: Parameters, asked: Asked) -> Json:
    items, more = page([copied(JOBS[name]) for name in sorted(JOBS)], given, MOST)
    return {"Jobs": items, **more}


def list_jobs(given: Parameters, asked: Asked) -> Json:
    items, more = page(sorted(JOBS), given, MOST)
    return {"JobNames": items, **more}


def update_job(given: Parameters, asked: Asked) -> Json:
    """Replaces the definition whole, as Glue does."""
    job = _job(given["JobName"])
    kept = _checked(given["JobUpdate"], asked)
    now = {"CreatedOn": job["CreatedOn"], "LastModifiedOn": time.time()}
    JOBS[job["Name"]] = {**kept, **now, "Name": job["Name"]}
    return {"JobName": job["Name"]}


def delete_job(given: Parameters, asked: Asked) -> Json:
    """Says nothing of a job that is not there, as Glue does."""
    JOBS.pop(given["JobName"], None)
    runs.RUNS.pop(given["JobName"], None)
    return {"JobName": given["JobName"]}


def start_job_run(given: Parameters, asked: Asked) -> Json:
    job = _job(given["JobName"])
    sessions.require_pass(asked, job["Role"], runs.SERVICE)
    return {"JobRunId": runs.start(job, given)["Id"]}


def get_job_run(given: Parameters, asked: Asked) -> Json:
    _job(given["JobName"])
    run = copied(_run(given["JobName"], given["RunId"]))
    return {"JobRun": run | {"PredecessorRuns": []}}  # of a workflow only, which the lab does not have


def get_job_runs(given: Parameters, asked: Asked) -> Json:
    _job(given["JobName"])
    items, more = page([copied(run) for run in reversed(runs.RUNS.get(given["JobName"], []))], given, MOST)
    return {"JobRuns": items, **more}


CALLS: Mapping[str, Callable[[Parameters, Asked], Json]] = {
    "".join(part.title() for part in call.__name__.split("_")): call
    for call in (
        create_job,
        get_job,
        get_jobs,
        list_jobs,
        update_job,
        delete_job,
        start_job_run,
        get_job_run,
        get_job_runs,
    )
}
ARGUMENTS = {
    "CreateJob": definitions.TAKEN,
    "StartJobRun": {"Arguments", "Timeout"},
    "GetJobRun": {"PredecessorsIncluded"},
    **{name: {"MaxResults", "NextToken"} for name in ("GetJobs", "ListJobs", "GetJobRuns")},
}


def _checked(given: Parameters, asked: Asked) -> Json:
    kept = definitions.checked(given)
    kept["Role"] = sessions.arn_of(given["Role"])
    sessions.require_pass(asked, kept["Role"], runs.SERVICE)
    return kept


def _job(name: str) -> Json:
    if name not in JOBS:
        raise Refused(400, "EntityNotFoundException", f"Failed to start job run due to missing metadata: job {name}.")
    return JOBS[name]


def _run(job: str, number: str) -> Json:
    found = next((run for run in runs.RUNS.get(job, []) if run["Id"] == number), None)
    if found is None:
        raise Refused(400, "EntityNotFoundException", f"Entity not found: run {number} of job {job}.")
    return found
