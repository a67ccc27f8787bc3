"""What a job's definition may say: kinds, capacity, versions and times, as Glue takes and refuses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundschool.lab.service import Refused
from groundschool.lab.services.glue.catalog import Json
from groundschool.lab.stores import copied

TAKEN = {
    *("Description", "Role", "ExecutionProperty", "Command", "DefaultArguments", "NonOverridableArguments"),
    *("MaxRetries", "Timeout", "MaxCapacity", "GlueVersion", "NumberOfWorkers", "WorkerType", "ExecutionClass"),
}
SPARK = ("glueetl", "gluestreaming")
SHELL_CAPACITIES = (0.0625, 1.0)
SHELL_PYTHONS = ("3.9",)
VERSIONS = ("3.0", "4.0", "5.0", "5.1", "6.0")
DEFAULT_VERSION = "6.0"
MINUTES = {"glueetl": 480, "pythonshell": 480, "gluestreaming": 0}  # where a definition states none
# Special parameters of Glue that would change what a run does; the others are the script's to read, or tell of metrics.
NOT_DONE = {
    "--job-bookmark-option": "keep bookmarks",
    "--additional-python-modules": "install modules for a job",
    "--python-modules-installer-option": "install modules for a job",
    "--extra-py-files": "add files to a job",
    "--extra-files": "add files to a job",
    "--extra-jars": "add jars to a job",
    "--user-jars-first": "add jars to a job",
    "--class": "run jobs in Scala",
    "--conf": "configure Spark by an argument of a job",
    "--datalake-formats": "open Iceberg, Hudi or Delta Lake",
}
NO_BOOKMARK = "job-bookmark-disable"


def checked(given: Mapping[str, Any]) -> Json:
    """What is kept of a definition. Raises Refused for what Glue, or the lab, does not take."""
    others = [name for name, value in given.items() if value is not None and name not in TAKEN | {"Name"}]
    if others:
        raise Refused(400, "InvalidInputException", f"The lab does not keep {', '.join(others)} of a job.")
    for name in ("Role", "Command"):
        if not given.get(name):
            _refuse(f"{name} should not be null or empty.")
    command = given["Command"]
    kind = command.get("Name")
    if kind == "glueray":
        _refuse("The lab does not keep jobs of Ray, which AWS has closed to new customers.")
    if kind not in MINUTES:
        _refuse(f"Job command name {kind} must be one of: glueetl, gluestreaming, pythonshell.")
    if not str(command.get("ScriptLocation", "")).startswith("s3://"):
        _refuse("Script location must be a path of S3, such as s3://bucket/script.py.")
    _check_capacity(given, kind)
    kept = copied({name: value for name, value in given.items() if value is not None and name != "Name"})
    kept.setdefault("ExecutionProperty", {"MaxConcurrentRuns": 1})
    kept.setdefault("MaxRetries", 0)
    kept.setdefault("Timeout", MINUTES[kind])
    if kind == "pythonshell":
        kept.setdefault("MaxCapacity", SHELL_CAPACITIES[0])
    else:
        kept.setdefault("GlueVersion", DEFAULT_VERSION)
    found: Json = kept
    return found


def check_arguments(arguments: Mapping[str, str]) -> None:
    """Raises Refused for arguments of a run that would ask for what the lab does not do."""
    for name, value in arguments.items():
        if name in NOT_DONE and value != NO_BOOKMARK:
            _refuse(f"The lab does not {NOT_DONE[name]} ({name}).")
    if arguments.get("--job-language", "python").lower() != "python":
        _refuse("The lab does not run jobs in Scala (--job-language).")


def _check_capacity(given: Mapping[str, Any], kind: str) -> None:
    workers = given.get("WorkerType") is not None or given.get("NumberOfWorkers") is not None
    if workers and given.get("MaxCapacity") is not None:
        _refuse("Please do not set Max Capacity if using Worker Type and Number of Workers.")
    if kind in SPARK:
        if given.get("GlueVersion", DEFAULT_VERSION) not in VERSIONS:
            _refuse(f"Glue version {given['GlueVersion']} is not supported for {kind}.")
        if (given.get("WorkerType") is None) != (given.get("NumberOfWorkers") is None):
            _refuse("Please set both Worker Type and Number of Workers.")
        if given.get("NumberOfWorkers") is not None and given["NumberOfWorkers"] < 2:
            _refuse("Number of Workers must be at least 2.")
        return
    if workers:
        _refuse("Worker Type and Number of Workers are not supported for Python shell jobs; set Max Capacity.")
    if given.get("MaxCapacity") not in (None, *SHELL_CAPACITIES):
        _refuse("Max Capacity of a Python shell job must be 0.0625 or 1.")
    if given["Command"].get("PythonVersion") not in (None, *SHELL_PYTHONS):
        _refuse("Python version of a Python shell job must be 3.9.")


def _refuse(words: str) -> None:
    raise Refused(400, "InvalidInputException", words)
