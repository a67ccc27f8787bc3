"""Glue's jobs as AWS's documentation has them: definitions, runs under a role, and what they are refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from contracts import refused
from groundschool import lab

pytestmark = pytest.mark.contract("glue")
ROLE = lab.Services.role
SHELL = {"Name": "pythonshell", "ScriptLocation": "s3://lake/job.py", "PythonVersion": "3.9"}
SPARK = {"Name": "glueetl", "ScriptLocation": "s3://lake/job.py"}
GLUE = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "glue.amazonaws.com"}}
WHO = """
import sys, urllib.request
from awsglue.utils import getResolvedOptions
print(getResolvedOptions(sys.argv, ["JOB_NAME", "day"])["day"])
print("no log for this line", file=sys.stderr)
"""


def definition(command: dict[str, str] = SHELL, **more: Any) -> dict[str, Any]:
    return {"Name": "job", "Role": ROLE, "Command": command, **more}


def role(iam: Any, *statements: dict[str, Any], trust: dict[str, Any] = GLUE) -> str:
    """A role of these rights; gives its ARN."""
    document = {"Version": "2012-10-17", "Statement": [trust]}
    made = iam.create_role(RoleName="own", AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
    rights = {"Version": "2012-10-17", "Statement": list(statements)}
    iam.put_role_policy(RoleName="own", PolicyName="own", PolicyDocument=json.dumps(rights))
    return str(made)


def allow(*actions: str, on: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


LOGS = allow("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")


@pytest.fixture
def run(services: lab.Services, glue: Any) -> Callable[..., dict[str, Any]]:
    """`run(script, …)`: makes the job with this script, runs it once with these arguments, and gives the run as it ended."""

    def ran(script: str, arguments: dict[str, str] | None = None, **settings: Any) -> dict[str, Any]:
        services.seed(s3={"lake": {"job.py": script.encode()}})
        glue.create_job(**definition(**settings))
        number = glue.start_job_run(JobName="job", Arguments=arguments or {})["JobRunId"]
        return ended(glue, number)

    return ran


def ended(glue: Any, number: str) -> dict[str, Any]:
    for _ in range(1200):
        found: dict[str, Any] = glue.get_job_run(JobName="job", RunId=number)["JobRun"]
        if found["JobRunState"] != "RUNNING":
            return found
        time.sleep(0.05)
    raise TimeoutError


class TestDefinitions:
    """Jobs: definitions"""

    def test_a_job_is_made_found_changed_and_deleted(self, glue: Any) -> None:
        glue.create_job(**definition(DefaultArguments={"--day": "1"}, Timeout=5))
        found = glue.get_job(JobName="job")["Job"]
        assert (found["Command"], found["Timeout"], found["MaxCapacity"]) == (SHELL, 5, 0.0625)
        glue.update_job(JobName="job", JobUpdate={"Role": "wrenfield", "Command": SHELL, "MaxCapacity": 1.0})
        found = glue.get_job(JobName="job")["Job"]
        assert (found["Role"], found["MaxCapacity"], "DefaultArguments" in found) == (ROLE, 1.0, False)
        assert (glue.list_jobs()["JobNames"], len(glue.get_jobs()["Jobs"])) == (["job"], 1)
        glue.delete_job(JobName="job")
        assert refused(glue.get_job, JobName="job") == ("EntityNotFoundException", 400)

    def test_a_name_is_taken_once(self, glue: Any) -> None:
        glue.create_job(**definition())
        assert refused(glue.create_job, **definition()) == ("AlreadyExistsException", 400)

    def test_a_spark_job_has_the_newest_version_where_none_is_stated(self, glue: Any) -> None:
        glue.create_job(**definition(SPARK, WorkerType="G.1X", NumberOfWorkers=2))
        found = glue.get_job(JobName="job")["Job"]
        assert (found["GlueVersion"], found["Timeout"], found["MaxRetries"]) == ("6.0", 480, 0)

    @pytest.mark.parametrize(
        ("command", "more"),
        [
            (SPARK, {"MaxCapacity": 10.0, "WorkerType": "G.1X", "NumberOfWorkers": 2}),
            (SPARK, {"WorkerType": "G.1X"}),
            (SPARK, {"WorkerType": "G.1X", "NumberOfWorkers": 1}),
            (SPARK, {"GlueVersion": "2.0"}),
            (SHELL, {"WorkerType": "G.1X", "NumberOfWorkers": 2}),
            (SHELL, {"MaxCapacity": 2.0}),
            ({**SHELL, "PythonVersion": "3.6"}, {}),
            ({**SHELL, "Name": "python"}, {}),
            ({**SHELL, "ScriptLocation": "job.py"}, {}),
            (SHELL, {"Role": "arn:aws:iam::111122223333:role/nobody"}),
        ],
    )
    def test_what_does_not_fit_together_is_refused(self, glue: Any, command: Any, more: dict[str, Any]) -> None:
        assert refused(glue.create_job, **{**definition(command), **more}) == ("InvalidInputException", 400)

    def test_who_makes_or_starts_it_must_be_allowed_to_pass_the_role(self, client: Any, iam: Any, glue: Any) -> None:
        glue.create_job(**definition())
        own = role(iam, allow("glue:*"), trust={**GLUE, "Principal": {"AWS": "111122223333"}})
        for call, given in (("create_job", {**definition(), "Name": "other"}), ("start_job_run", {"JobName": "job"})):
            with pytest.raises(ClientError, match=f"iam:PassRole on resource: {ROLE}"):
                getattr(client("glue", own), call)(**given)

    def test_a_right_to_pass_may_name_role_and_service(self, client: Any, iam: Any, glue: Any) -> None:
        passes = {
            **allow("iam:PassRole", on=ROLE),
            "Condition": {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}},
        }
        own = role(iam, allow("glue:*"), passes, trust={**GLUE, "Principal": {"AWS": "111122223333"}})
        client("glue", own).create_job(**definition())
        assert (
            refused(client("glue", own).create_job, **{**definition(), "Name": "b", "Role": "own"})[0]
            == "AccessDeniedException"
        )


class TestRuns:
    """Jobs: runs"""

    def test_a_script_runs_with_its_arguments_and_can_be_read_about(self, run: Any, glue: Any, client: Any) -> None:
        found = run(WHO, {"--day": "2026-11-30"}, DefaultArguments={"--day": "x", "--other": "y"})
        assert found["JobRunState"] == "SUCCEEDED"
        assert found["Arguments"] == {"--day": "2026-11-30", "--other": "y"}
        logs = client("logs").get_log_events(logGroupName="/aws-glue/python-jobs/output", logStreamName=found["Id"])
        assert logs["events"][0]["message"] == "2026-11-30"
        assert [entry["Id"] for entry in glue.get_job_runs(JobName="job")["JobRuns"]] == [found["Id"]]

    def test_a_run_that_was_started_alone_has_none_before_it(self, run: Any, glue: Any) -> None:
        number = run("print(1)")["Id"]
        found = glue.get_job_run(JobName="job", RunId=number, PredecessorsIncluded=True)["JobRun"]
        assert found["PredecessorRuns"] == []

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            ("raise ValueError('no such day')", "ValueError: no such day"),
            ("import sys; sys.exit(3)", "exit code 3"),
            ("def", "SyntaxError"),
        ],
    )
    def test_a_script_that_fails_is_a_run_that_failed(self, run: Any, script: str, words: str) -> None:
        found = run(script)
        assert found["JobRunState"] == "FAILED"
        assert words in found["ErrorMessage"]

    def test_a_missing_script_is_a_run_that_failed(self, run: Any, glue: Any) -> None:
        found = run("", command={**SHELL, "ScriptLocation": "s3://lake/other.py"})
        assert (found["JobRunState"], "other.py" in found["ErrorMessage"]) == ("FAILED", True)

    def test_a_missing_argument_is_told(self, run: Any) -> None:
        assert "the following arguments are required: --day" in run(WHO)["ErrorMessage"]

    def test_one_run_at_a_time_unless_more_are_allowed(self, services: lab.Services, glue: Any) -> None:
        services.seed(s3={"lake": {"job.py": b"import time; time.sleep(1)"}})
        glue.create_job(**definition())
        number = glue.start_job_run(JobName="job")["JobRunId"]
        assert glue.get_job_run(JobName="job", RunId=number)["JobRun"]["JobRunState"] == "RUNNING"
        assert refused(glue.start_job_run, JobName="job") == ("ConcurrentRunsExceededException", 400)
        assert ended(glue, number)["JobRunState"] == "SUCCEEDED"

    def test_it_acts_as_its_role_and_its_credentials_end_with_it(self, run: Any, iam: Any, client: Any) -> None:
        own = role(iam, allow("s3:GetObject", on="arn:aws:s3:::lake/job.py"), LOGS)
        script = "import os\nprint(*[os.environ[f'AWS_{name}'] for name in ('ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN')])"
        found = run(script, Role=own)
        logs = client("logs").get_log_events(logGroupName="/aws-glue/python-jobs/output", logStreamName=found["Id"])
        key, secret, token = logs["events"][0]["message"].split()
        assert key.startswith("ASIA")
        import boto3

        after = boto3.client("sts", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)
        assert refused(after.get_caller_identity)[1] == 403

    @pytest.mark.parametrize("lacking", ["script", "logs", "trust"])
    def test_it_fails_without_a_right_that_it_needs(self, run: Any, iam: Any, lacking: str) -> None:
        script = allow("s3:GetObject", on="arn:aws:s3:::lake/job.py")
        statements = [statement for name, statement in (("script", script), ("logs", LOGS)) if name != lacking]
        trust = {**GLUE, "Principal": {"Service": "lambda.amazonaws.com"}} if lacking == "trust" else GLUE
        found = run("print(1)", Role=role(iam, *statements, trust=trust))
        assert found["JobRunState"] == "FAILED"
        words = {"script": "s3:GetObject", "logs": "logs:CreateLogGroup", "trust": "assume role permissions"}
        assert words[lacking] in found["ErrorMessage"]

    def test_what_awss_own_policy_for_glue_lacks(self, run: Any, iam: Any, s3: Any) -> None:
        own = role(iam, allow("s3:GetObject", on="arn:aws:s3:::other/*"))
        iam.attach_role_policy(RoleName="own", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole")
        assert "s3:GetObject on resource: arn:aws:s3:::lake/job.py" in run("print(1)", Role=own)["ErrorMessage"]

    def test_a_job_of_streams_is_not_run_and_says_so(self, glue: Any) -> None:
        glue.create_job(**definition({**SPARK, "Name": "gluestreaming"}))
        with pytest.raises(ClientError, match="The lab does not run jobs of the kind gluestreaming"):
            glue.start_job_run(JobName="job")
        assert glue.get_job_runs(JobName="job")["JobRuns"] == []

    def test_a_script_of_spark_that_fails_is_a_run_that_failed(self, run: Any, client: Any) -> None:
        found = run(WHO, command=SPARK, WorkerType="G.1X", NumberOfWorkers=2)
        assert (found["JobRunState"], found["WorkerType"], found["GlueVersion"]) == ("FAILED", "G.1X", "6.0")
        assert "the following arguments are required: --day" in found["ErrorMessage"]
        logs = client("logs").get_log_events(logGroupName="/aws-glue/jobs/error", logStreamName=found["Id"])
        assert "Traceback" in logs["events"][0]["message"]

    @pytest.mark.slow
    @pytest.mark.spark
    def test_spark_reads_and_writes_as_the_jobs_role(self, run: Any, iam: Any, s3: Any, services: lab.Services) -> None:
        services.seed(s3={"lake": {"in/a.json": b'{"a": 1}\n', "other/b.json": b'{"a": 2}\n'}})
        reads = [allow("s3:GetObject", on=f"arn:aws:s3:::lake/{place}") for place in ("job.py", "in*", "out*")]
        writes = allow("s3:PutObject", "s3:DeleteObject", on="arn:aws:s3:::lake/out*")
        own = role(iam, *reads, writes, allow("s3:ListBucket", on="arn:aws:s3:::lake"), LOGS)
        script = (
            "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
            "spark.read.json('s3://lake/in/').write.parquet('s3://lake/out/')\nspark.read.json('s3a://lake/other/')"
        )
        found = run(script, command=SPARK, Role=own)
        assert (found["JobRunState"], "AccessDenied" in found["ErrorMessage"]) == ("FAILED", True), found
        assert s3.list_objects_v2(Bucket="lake", Prefix="out/")["KeyCount"] == 2

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("--job-bookmark-option", "job-bookmark-enable"),
            ("--additional-python-modules", "pandas"),
            ("--extra-py-files", "s3://lake/a.py"),
            ("--extra-jars", "s3://lake/a.jar"),
            ("--conf", "spark.sql.ansi.enabled=false"),
            ("--datalake-formats", "iceberg"),
            ("--job-language", "scala"),
        ],
    )
    def test_an_argument_that_asks_for_what_is_not_done_is_refused(self, glue: Any, name: str, value: str) -> None:
        glue.create_job(**definition(SPARK, DefaultArguments={name: value}))
        with pytest.raises(ClientError, match="The lab does not"):
            glue.start_job_run(JobName="job")

    @pytest.mark.parametrize(
        "more",
        [
            {"Command": {**SPARK, "Name": "glueray"}},
            {"Connections": {"Connections": ["c"]}},
            {"MaintenanceWindow": "Sun:10"},
            {"JobMode": "VISUAL"},
        ],
    )
    def test_what_it_does_not_keep_is_refused(self, glue: Any, more: dict[str, Any]) -> None:
        with pytest.raises(ClientError, match="The lab does not"):
            glue.create_job(**{**definition(), **more})
