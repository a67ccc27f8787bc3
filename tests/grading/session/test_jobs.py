"""A job that the lab was given: its script runs in a box of its own, as the job's role, and finds neither keys nor sockets of others."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundschool import lab
from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine
from groundschool.lab.access import VARIABLE

SCRIPT = b"""
import json, os, pathlib, sys
import boto3
others = [name for name in os.listdir("/proc") if name.isdigit() and name != str(os.getpid())]
held = [pathlib.Path(f"/proc/{name}/environ").read_bytes() for name in others]
seen = {
    "who": boto3.client("sts").get_caller_identity()["Arn"],
    "sockets": sorted(name for name in ("lab", "jobs") if os.path.exists(f"/run/{name}.sock")),
    "keys": [name for name in os.environ if name.startswith("GROUNDSCHOOL")] + [1 for text in held if b"AKIA" in text],
    "written": os.access("/usr", os.W_OK),
}
boto3.client("s3").put_object(Bucket="lake", Key="seen", Body=json.dumps(seen).encode())
"""

SPARK = b"""
from pyspark.context import SparkContext
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
context = GlueContext(SparkContext())
frame = context.create_dynamic_frame.from_options("s3", {"paths": ["s3://lake/in/"]}, "json")
context.write_dynamic_frame.from_options(frame, "s3", {"path": "s3://lake/out/"}, "parquet")
"""


@pytest.fixture
def boxed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A lab as graded submissions have it, which this process reaches with the candidate's key."""
    if reason := probe.probe():
        pytest.skip(reason)
    monkeypatch.setenv(VARIABLE, "")
    with Engine("sandbox", Path.cwd() / "data") as engine:
        laboratory = engine.lab()
        laboratory.renew()
        held = laboratory.request("candidate")
        lab.attach(str(laboratory.socket), held["keys"])
        yield
        laboratory.close()


def ended(glue: Any, number: str) -> dict[str, Any]:
    for _ in range(1800):
        found: dict[str, Any] = glue.get_job_run(JobName="job", RunId=number)["JobRun"]
        if found["JobRunState"] != "RUNNING":
            return found
        time.sleep(0.1)
    raise TimeoutError


def test_a_job_runs_in_a_box_of_its_own(boxed: None) -> None:
    s3, glue = lab.client("s3"), lab.client("glue")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="job.py", Body=SCRIPT)
    command = {"Name": "pythonshell", "ScriptLocation": "s3://lake/job.py", "PythonVersion": "3.9"}
    glue.create_job(Name="job", Role="wrenfield", Command=command)
    found = ended(glue, glue.start_job_run(JobName="job")["JobRunId"])
    assert (found["JobRunState"], found.get("ErrorMessage")) == ("SUCCEEDED", None)
    assert json.loads(s3.get_object(Bucket="lake", Key="seen")["Body"].read()) == {
        "who": "arn:aws:sts::111122223333:assumed-role/wrenfield/GlueJobRunnerSession",
        "sockets": ["lab"],
        "keys": [],
        "written": False,
    }


@pytest.mark.slow
@pytest.mark.spark
def test_a_job_of_spark_runs_in_that_box(boxed: None) -> None:
    s3, glue = lab.client("s3"), lab.client("glue")
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="job.py", Body=SPARK)
    s3.put_object(Bucket="lake", Key="in/a.json", Body=b'{"a": 1}')
    glue.create_job(Name="job", Role="wrenfield", Command={"Name": "glueetl", "ScriptLocation": "s3://lake/job.py"})
    found = ended(glue, glue.start_job_run(JobName="job")["JobRunId"])
    assert (found["JobRunState"], found.get("ErrorMessage")) == ("SUCCEEDED", None)
    assert s3.list_objects_v2(Bucket="lake", Prefix="out/")["KeyCount"] == 2
