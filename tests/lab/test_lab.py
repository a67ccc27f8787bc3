"""One's own lab: real S3 clients work against it, only this machine's signed requests get in, and it ends with its kernel."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError

from groundschool import lab


@pytest.fixture(scope="module")
def services() -> Iterator[lab.Services]:
    before = dict(os.environ)
    os.environ.update(AWS_PROFILE="work", AWS_ACCESS_KEY_ID="AKIAOFTHECLOUD", AWS_SECRET_ACCESS_KEY="of the cloud",
                      AWS_ENDPOINT_URL_S3="https://s3.example.com", AWS_ENDPOINT_URL_STS="https://sts.example.com")  # fmt: skip
    with lab.start() as started:
        yield started
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def bucket(services: lab.Services, request: pytest.FixtureRequest) -> str:
    name = f"b{abs(hash(request.node.nodeid)):x}"
    services.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def s3(services: lab.Services) -> Any:
    return services.client("s3")


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def status(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers or {}, method=method), timeout=20) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_plain_boto3_reaches_the_lab_and_not_the_users_own_account(services: lab.Services, bucket: str) -> None:
    plain = boto3.session.Session().client("s3")
    assert {plain.meta.endpoint_url, boto3.session.Session().client("sts").meta.endpoint_url} == {services.endpoint}
    assert bucket in [found["Name"] for found in plain.list_buckets()["Buckets"]]


def test_the_examiner_reads_what_the_candidate_wrote_and_the_log_tells_them_apart(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    assert lab.client("s3", role="examiner").get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
    own = [(entry.role, entry.method, entry.status) for entry in lab.requests() if entry.path == f"/{bucket}/a"]
    assert own == [("candidate", "PUT", 200), ("examiner", "GET", 200)]


def test_a_presigned_address_works_until_it_is_changed(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"})
    other = url.replace("/a?", "/b?")
    assert (status(url), status(other)) == (200, 403)


def test_a_request_without_a_signature_gets_nothing(services: lab.Services, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    paths = [f"/{bucket}/a", "/", "/_ministack/health", "/_ministack/config", "/_lab/requests", "/_lab/reset"]
    assert {status(services.endpoint + path) for path in paths} == {403}
    assert status(f"{services.endpoint}/_ministack/reset", method="POST") == 403
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


@pytest.mark.parametrize("headers", [{"Origin": "https://example.com"}, {"Host": "example.com"}, {"Host": "127.0.0.1.example.com"}])  # fmt: skip
def test_a_web_page_gets_nothing_even_with_a_signature(s3: Any, bucket: str, headers: dict[str, str]) -> None:
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    assert status(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a"}), headers) == 403


@pytest.mark.parametrize(
    ("key", "secret", "expected"),
    [("test", "test", "InvalidAccessKeyId"), ("000000000000", "test", "InvalidAccessKeyId"), ("", "wrong", "SignatureDoesNotMatch")],
)  # fmt: skip
def test_only_the_labs_own_keys_open_it(services: lab.Services, key: str, secret: str, expected: str) -> None:
    known = key or os.environ["AWS_ACCESS_KEY_ID"]
    with pytest.raises(ClientError) as error:
        boto3.client("s3", aws_access_key_id=known, aws_secret_access_key=secret).list_buckets()
    assert code(error) == expected


@pytest.mark.parametrize(
    ("service", "operation"),
    [("ec2", "describe_vpcs"), ("lambda", "list_functions"), ("sqs", "list_queues")],
)  # fmt: skip
def test_a_service_that_is_not_there_says_so(services: lab.Services, service: str, operation: str) -> None:
    with pytest.raises(
        ClientError,
        match=f"The lab does not have the service '{service}'; it has: athena, glue, iam, logs, redshift, redshift-data, s3, snowflake, sts",
    ):
        getattr(boto3.client(service), operation)()
    with pytest.raises(lab.LabError, match=f"not have the service '{service}'"):
        lab.client(service)


def test_a_second_start_finds_the_running_lab(services: lab.Services, bucket: str) -> None:
    with lab.start() as again:
        assert again.endpoint == services.endpoint
    assert bucket in [found["Name"] for found in services.client("s3").list_buckets()["Buckets"]]


def test_it_listens_on_the_loopback_interface_only(services: lab.Services) -> None:
    # Other tests of this process may have left kernels or JVMs; the lab is the child that runs its server.
    ours = {pid for pid, command in commands_of_children() if "groundschool.lab" in command}
    places = [found.laddr for found in psutil.net_connections("inet") if found.status == "LISTEN" and found.pid in ours]
    assert services.endpoint in [f"http://127.0.0.1:{place.port}" for place in places]
    assert {place.ip for place in places} == {"127.0.0.1"}


def commands_of_children() -> Iterator[tuple[int, str]]:
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # ended meanwhile
            yield child.pid, " ".join(child.cmdline())


def test_without_a_lab_the_way_to_one_is_told() -> None:
    told = run(
        "from groundschool import lab\ntry:\n    lab.client('s3')\nexcept lab.LabError as error:\n    print(error)"
    )
    assert told == "No lab is running. The notebook's first cell starts it: `lab.start()`; run that cell first."


def test_a_lab_that_cannot_start_says_why() -> None:
    missing = "import sys\nfrom groundschool import lab\nsys.executable = '/bin/false'\ntry:\n    lab.start()\nexcept lab.LabError as error:\n    print(error)"  # fmt: skip
    assert run(missing).startswith("The lab did not start: its process ended without a word.")


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"])
def test_it_ends_with_its_kernel_however_that_ends(end: str) -> None:
    started = "import os, psutil\nfrom groundschool import lab\nlab.start()\nprint(psutil.Process().children()[0].pid, flush=True)"
    pid = int(run(f"{started}\n{end}"))
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=30)


def run(program: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "GROUNDSCHOOL_LAB"}
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False, env=environment
    ).stdout.strip()


def test_a_notebook_with_a_lab_can_import_awsglue(services: lab.Services) -> None:
    from awsglue.utils import getResolvedOptions

    assert getResolvedOptions(["job.py", "--day", "1", "--other=2"], ["day"]) == {"day": "1"}
