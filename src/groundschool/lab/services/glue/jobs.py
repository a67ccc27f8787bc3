"""Jobs: their definitions, and their runs. A Python shell job's script really runs, under the job's role.

A script runs beside requests; what it came to is taken into the state by the next request that Glue is asked. Jobs of
Spark, of streams and of Ray are kept as definitions, and are not started.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from groundschool.lab import running, sessions
from groundschool.lab.running import Ran, Script
from groundschool.lab.service import REGION, Asked, Refused
from groundschool.lab.services import logs
from groundschool.lab.services.glue import definitions, resources
from groundschool.lab.services.glue.catalog import Json
from groundschool.lab.services.glue.pages import page
from groundschool.lab.stores import copied

SERVICE = "glue.amazonaws.com"
GROUPS = ("/aws-glue/python-jobs/output", "/aws-glue/python-jobs/error")
RIGHTS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
MOST = 100  # of a page
MOST_AT_ONCE = 8  # scripts
SHOWN = 20  # lines of a failed script's output
JOBS: MutableMapping[str, Json] = {}
RUNS: MutableMapping[str, list[Json]] = {}  # by job, as `JobRun`, oldest first
# What goes on beside requests, by run, and is no part of the state: what scripts came to, and their credentials.
ENDED: dict[str, Ran] = {}
SESSIONS: dict[str, sessions.Session] = {}
Parameters = Mapping[str, Any]


class Place:
    """Where scripts run, and where they reach the lab."""

    runner: running.Runner = staticmethod(running.run)
    endpoint = ""


def settle() -> None:
    """Takes note of the scripts that have ended."""
    for runs in RUNS.values():
        for run in runs:
            if run["JobRunState"] == "RUNNING" and run["Id"] in ENDED:
                _end(run, ENDED[run["Id"]])


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
    RUNS.pop(given["JobName"], None)
    return {"JobName": given["JobName"]}


def start_job_run(given: Parameters, asked: Asked) -> Json:
    job = _job(given["JobName"])
    kind = job["Command"]["Name"]
    if kind != "pythonshell":
        raise Refused(400, "InvalidInputException", f"The lab does not run jobs of the kind {kind}, only pythonshell.")
    active = [run for run in RUNS.get(job["Name"], []) if run["JobRunState"] == "RUNNING"]
    if len(active) >= job["ExecutionProperty"]["MaxConcurrentRuns"]:
        words = f"Concurrent runs exceeded for {job['Name']}"
        raise Refused(400, "ConcurrentRunsExceededException", words)
    if sum(run["JobRunState"] == "RUNNING" for runs in RUNS.values() for run in runs) >= MOST_AT_ONCE:
        raise Refused(400, "ResourceNumberLimitExceededException", f"The lab runs {MOST_AT_ONCE} jobs at once.")
    sessions.require_pass(asked, job["Role"], SERVICE)
    run = _begun(job, given)
    RUNS.setdefault(job["Name"], []).append(run)
    _start(job, run)
    return {"JobRunId": run["Id"]}


def get_job_run(given: Parameters, asked: Asked) -> Json:
    _job(given["JobName"])
    return {"JobRun": copied(_run(given["JobName"], given["RunId"]))}


def get_job_runs(given: Parameters, asked: Asked) -> Json:
    _job(given["JobName"])
    items, more = page([copied(run) for run in reversed(RUNS.get(given["JobName"], []))], given, MOST)
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
    **{name: {"MaxResults", "NextToken"} for name in ("GetJobs", "ListJobs", "GetJobRuns")},
}


def _checked(given: Parameters, asked: Asked) -> Json:
    kept = definitions.checked(given)
    kept["Role"] = sessions.arn_of(given["Role"])
    sessions.require_pass(asked, kept["Role"], SERVICE)
    return kept


def _job(name: str) -> Json:
    if name not in JOBS:
        raise Refused(400, "EntityNotFoundException", f"Failed to start job run due to missing metadata: job {name}.")
    return JOBS[name]


def _run(job: str, number: str) -> Json:
    found = next((run for run in RUNS.get(job, []) if run["Id"] == number), None)
    if found is None:
        raise Refused(400, "EntityNotFoundException", f"Entity not found: run {number} of job {job}.")
    return found


def _begun(job: Json, given: Parameters) -> Json:
    now = time.time()
    arguments = {
        **job.get("DefaultArguments", {}),
        **(given.get("Arguments") or {}),
        **job.get("NonOverridableArguments", {}),
    }
    return {
        "Id": f"jr_{secrets.token_hex(32)}",
        "Attempt": 0,
        "JobName": job["Name"],
        "StartedOn": now,
        "LastModifiedOn": now,
        "JobRunState": "RUNNING",
        "Arguments": arguments,
        "Timeout": given.get("Timeout") or job["Timeout"],
        "MaxCapacity": job.get("MaxCapacity", 0.0625),
        "LogGroupName": "/aws-glue/python-jobs",
        "ExecutionTime": 0,
    }


def _start(job: Json, run: Json) -> None:
    """Starts the script; a run that cannot begin has failed."""
    try:
        session = sessions.assumed(job["Role"], SERVICE, resources.job(job["Name"]), "GlueJobRunnerSession")
    except Refused:
        words = f"Role {job['Role']} should be given assume role permissions for Glue Service."
        _fail(run, f"LAUNCH ERROR | {words}")
        return
    script, reason = _script(session, job)
    reason = reason or next((why for action in RIGHTS if (why := session.denies(action, _log_group()))), "")
    if reason:
        sessions.ended(session)
        _fail(run, f"LAUNCH ERROR | {reason}")
        return
    environment = {
        "AWS_ACCESS_KEY_ID": session.key,
        "AWS_SECRET_ACCESS_KEY": session.secret,
        "AWS_SESSION_TOKEN": session.token,
        "AWS_ENDPOINT_URL": Place.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    given = {"--JOB_NAME": job["Name"], **run["Arguments"]}
    arguments = tuple(word for pair in given.items() for word in pair)
    SESSIONS[run["Id"]] = session
    asked = Script(script, arguments, environment, min(run["Timeout"] * 60, definitions.LONGEST_SECONDS))

    def work() -> None:
        ENDED[run["Id"]] = Place.runner(asked)

    threading.Thread(target=work, name=run["Id"], daemon=True).start()


def _script(session: sessions.Session, job: Json) -> tuple[str, str]:
    """The text of a job's script, or why it cannot be had."""
    from ministack.services import s3

    bucket, _, key = job["Command"]["ScriptLocation"].removeprefix("s3://").partition("/")
    if reason := session.denies("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"):
        return "", f"Error downloading from S3 for bucket: {bucket}, key: {key}. {reason}"
    found = (s3._buckets.get(bucket) or {}).get("objects", {}).get(key)
    if found is None:
        return "", f"Error downloading from S3 for bucket: {bucket}, key: {key}. It is not there."
    return found["body"].decode("utf-8", "replace"), ""


def _log_group() -> str:
    return f"{resources.LOGS}:/aws-glue/python-jobs/output:*"


def _end(run: Json, ran: Ran) -> None:
    if session := SESSIONS.pop(run["Id"], None):
        sessions.ended(session)
    lines = ran.output.splitlines() or ["(nothing was written)"]
    for group in GROUPS[: 1 + (ran.exit != 0 or ran.late)]:
        logs.write(group, run["Id"], lines)
    if ran.late:
        run.update(JobRunState="TIMEOUT", ErrorMessage="Command timed out.")
    elif ran.exit:
        last = next((line for line in reversed(lines) if line.strip()), "")
        run.update(JobRunState="FAILED", ErrorMessage=f"Command failed with exit code {ran.exit}: {last}"[:2000])
    else:
        run["JobRunState"] = "SUCCEEDED"
    _close(run)


def _fail(run: Json, reason: str) -> None:
    run.update(JobRunState="FAILED", ErrorMessage=reason[:2000])
    _close(run)


def _close(run: Json) -> None:
    now = time.time()
    run.update(CompletedOn=now, LastModifiedOn=now, ExecutionTime=int(now - run["StartedOn"]))
