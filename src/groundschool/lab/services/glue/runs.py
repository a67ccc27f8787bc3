"""Runs of jobs: a script really runs, under the job's role, and its run is what becomes of it.

A script runs beside requests; what it came to is taken into the state by the next request that Glue is asked. Python
shell and Spark scripts run; streams are not started. What a definition may say is `definitions`'.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from groundschool.lab import objects, running, sessions
from groundschool.lab.running import Ran, Script
from groundschool.lab.service import REGION, Refused
from groundschool.lab.services import logs
from groundschool.lab.services.glue import definitions, resources
from groundschool.lab.services.glue.catalog import Json

SERVICE = "glue.amazonaws.com"
GROUPS = {"pythonshell": "/aws-glue/python-jobs", "glueetl": "/aws-glue/jobs"}  # of logs, by kind
SECONDS = {"pythonshell": 60, "glueetl": 180}  # that a script runs here at most, whatever its definition says
RIGHTS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
CAPACITY = ("MaxCapacity", "WorkerType", "NumberOfWorkers", "GlueVersion", "ExecutionClass")
MOST_AT_ONCE = 8  # scripts
RUNS: MutableMapping[str, list[Json]] = {}  # by job, as `JobRun`, oldest first
# What goes on beside requests, by run, and is no part of the state: what scripts came to, and their credentials.
ENDED: dict[str, Ran] = {}
SESSIONS: dict[str, sessions.Session] = {}


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


def start(job: Json, given: Mapping[str, Any]) -> Json:
    """A run of a job with what `StartJobRun` was given. One that cannot begin has failed. Raises Refused."""
    if job["Command"]["Name"] not in GROUPS:
        _refuse(f"The lab does not run jobs of the kind {job['Command']['Name']}, only {' and '.join(GROUPS)}.")
    run = _begun(job, given)
    definitions.check_arguments(run["Arguments"])
    if len(_active(job["Name"])) >= job["ExecutionProperty"]["MaxConcurrentRuns"]:
        raise Refused(400, "ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job['Name']}")
    if sum(len(_active(name)) for name in RUNS) >= MOST_AT_ONCE:
        raise Refused(400, "ResourceNumberLimitExceededException", f"The lab runs {MOST_AT_ONCE} jobs at once.")
    RUNS.setdefault(job["Name"], []).append(run)
    _start(job, run)
    return run


def _active(job: str) -> list[Json]:
    return [run for run in RUNS.get(job, []) if run["JobRunState"] == "RUNNING"]


def _begun(job: Json, given: Mapping[str, Any]) -> Json:
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
        "LogGroupName": GROUPS[job["Command"]["Name"]],
        "ExecutionTime": 0,
        **{name: job[name] for name in CAPACITY if name in job},
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
    reason = reason or next((why for action in RIGHTS if (why := session.denies(action, _logged(run)))), "")
    if reason:
        sessions.ended(session)
        _fail(run, f"LAUNCH ERROR | {reason}")
        return
    given = {"--JOB_NAME": job["Name"], **run["Arguments"]}
    arguments = tuple(word for pair in given.items() for word in pair)
    SESSIONS[run["Id"]] = session
    kind = job["Command"]["Name"]
    seconds = min(run["Timeout"] * 60, SECONDS[kind])
    asked = Script(script, arguments, _environment(session), seconds, kind == "glueetl")

    def work() -> None:
        ENDED[run["Id"]] = Place.runner(asked)

    threading.Thread(target=work, name=run["Id"], daemon=True).start()


def _environment(session: sessions.Session) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": session.key,
        "AWS_SECRET_ACCESS_KEY": session.secret,
        "AWS_SESSION_TOKEN": session.token,
        "AWS_ENDPOINT_URL": Place.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def _script(session: sessions.Session, job: Json) -> tuple[str, str]:
    """The text of a job's script, or why it cannot be had."""
    bucket, _, key = job["Command"]["ScriptLocation"].removeprefix("s3://").partition("/")
    if reason := session.denies("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"):
        return "", f"Error downloading from S3 for bucket: {bucket}, key: {key}. {reason}"
    found = (objects.held(bucket) or {}).get(key)
    if found is None:
        return "", f"Error downloading from S3 for bucket: {bucket}, key: {key}. It is not there."
    return found["body"].decode("utf-8", "replace"), ""


def _logged(run: Json) -> str:
    return f"{resources.LOGS}:{run['LogGroupName']}/output:*"


def _refuse(words: str) -> None:
    raise Refused(400, "InvalidInputException", words)


def _end(run: Json, ran: Ran) -> None:
    if session := SESSIONS.pop(run["Id"], None):
        sessions.ended(session)
    lines = ran.output.splitlines() or ["(nothing was written)"]
    for group in ("output", "error")[: 1 + (ran.exit != 0 or ran.late)]:
        logs.write(f"{run['LogGroupName']}/{group}", run["Id"], lines)
    if ran.late:
        run.update(JobRunState="TIMEOUT", ErrorMessage="Command timed out.")
    elif ran.exit:
        run.update(JobRunState="FAILED", ErrorMessage=f"Command failed with exit code {ran.exit}: {_why(lines)}"[:2000])
    else:
        run["JobRunState"] = "SUCCEEDED"
    _close(run)


def _why(lines: Sequence[str]) -> str:
    """The exception of the last traceback, behind which a JVM may tell its own; else the last line."""
    told = [place for place, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    behind = lines[told[-1] + 1 :] if told else ()
    found = [line for line in behind if line.strip() and not line.startswith(" ")][:2]
    if found:  # Java's own exception stands on the line below
        return "".join(found) if len(found) == 2 and found[1].startswith(": ") else found[0]
    return next((line for line in reversed(lines) if line.strip()), "")


def _fail(run: Json, reason: str) -> None:
    run.update(JobRunState="FAILED", ErrorMessage=reason[:2000])
    _close(run)


def _close(run: Json) -> None:
    now = time.time()
    run.update(CompletedOn=now, LastModifiedOn=now, ExecutionTime=int(now - run["StartedOn"]))
