"""A submission's lab is its own: a candidate reaches it with its own credentials, nothing behind it, and nobody else's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from groundschool import lab
from groundschool.grading.box import probe
from groundschool.grading.session.engine import Engine
from groundschool.grading.session.family import Family
from groundschool.grading.session.lab import Laboratory
from groundschool.grading.session.process import Side
from groundschool.grading.wire.protocol import CellRan, RunCell
from groundschool.lab.access import withdraw
from groundschool.lab.services import names

SIGNED = """
import http.client, os
from urllib.parse import quote, urlsplit
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

def ask(method, path, headers=None, sign=True):
    place = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    asked = AWSRequest(method, f"http://{place.netloc}{path}", headers=headers or {})
    if sign:
        own = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        S3SigV4Auth(own, "s3", "us-east-1").add_auth(asked)
    connection = http.client.HTTPConnection(place.netloc, timeout=20)
    connection.request(method, path, headers=dict(asked.headers))
    return connection.getresponse().status
"""
KEYS_IN_MEMORY = r"""
import re
found = set()
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        first, last = (int(end, 16) for end in line.split()[0].split("-"))
        if line.split()[1].startswith("r") and last - first < 1 << 28:
            try:
                memory.seek(first)
                found |= set(re.findall(rb"AKIA[0-9A-F]{16}", memory.read(last - first)))
            except (OSError, ValueError, OverflowError):
                pass
print(sorted(key.decode() for key in found))
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if reason := probe.probe():
        pytest.skip(reason)
    with Engine("sandbox", tmp_path_factory.mktemp("data")) as started:
        yield started


@pytest.fixture
def own(engine: Engine) -> Iterator[Laboratory]:
    laboratory = engine.lab()
    laboratory.renew()
    yield laboratory
    laboratory.close()


@pytest.fixture
def run(engine: Engine, own: Laboratory) -> Iterator[Callable[[str], str]]:
    """`run(cell)` in the candidate's box: what it printed, and its error."""
    side = engine.candidate(lab=own)
    yield lambda source: shown(side, source)
    side.close()


def shown(side: Side, source: str) -> str:
    said = Family(side).ask(RunCell(source), side.limits.wall_seconds)
    assert isinstance(said, CellRan)
    outputs: list[dict[str, Any]] = said.outputs
    return "".join(str(output.get("text") or output.get("evalue") or "") for output in outputs).strip()


def test_the_candidate_works_with_the_lab_by_plain_boto3(run: Callable[[str], str]) -> None:
    run("import boto3\ns3 = boto3.client('s3')\ns3.create_bucket(Bucket='wrenfield')")
    run("s3.put_object(Bucket='wrenfield', Key='a', Body=b'x' * 3_000_000)")
    assert run("print(len(s3.get_object(Bucket='wrenfield', Key='a')['Body'].read()))") == "3000000"
    assert run("from groundschool import lab\nprint(lab.start().client('s3').list_objects_v2(Bucket='wrenfield')['KeyCount'])") == "1"  # fmt: skip


def test_the_candidates_process_holds_no_key_but_its_own(run: Callable[[str], str], own: Laboratory) -> None:
    assert (
        run("import os; print(os.environ['AWS_ACCESS_KEY_ID'])") == own.request("candidate")["keys"]["candidate"]["id"]
    )
    assert run(KEYS_IN_MEMORY) == str([own.request("candidate")["keys"]["candidate"]["id"]])
    for attempt in ("lab.client('s3', role='examiner')", "lab.requests()"):
        words = run(f"from groundschool import lab\n{attempt}")
        assert words.startswith("The credentials of 'examiner' are not in this process")


@pytest.mark.parametrize("identity", [("test", "test"), ("000000000000", "test"), ("AKIAIOSFODNN7EXAMPLE", "x" * 40)])
def test_a_key_that_the_lab_did_not_hand_out_is_refused(run: Callable[[str], str], identity: tuple[str, str]) -> None:
    made = f"boto3.client('s3', aws_access_key_id={identity[0]!r}, aws_secret_access_key={identity[1]!r})"
    assert "InvalidAccessKeyId" in run(f"import boto3\n{made}.list_buckets()")


def test_the_examiners_key_without_its_secret_is_refused(run: Callable[[str], str], own: Laboratory) -> None:
    known = own.request("examiner")["keys"]["examiner"]["id"]
    made = f"boto3.client('s3', aws_access_key_id={known!r}, aws_secret_access_key='{'0' * 40}')"
    assert "SignatureDoesNotMatch" in run(f"import boto3\n{made}.list_buckets()")


@pytest.mark.parametrize("sign", [True, False])
def test_nothing_behind_the_lab_can_be_reset_or_read(run: Callable[[str], str], sign: bool) -> None:
    run(SIGNED)
    run("import boto3\ns3 = boto3.client('s3')\ns3.create_bucket(Bucket='kept')")
    paths = ["/_ministack/reset", "/%5fministack/reset", "//_ministack/reset", "/_ministack/config", "/_ministack/health",
             "/_localstack/health", "/health", "/_lab/requests", "/iceberg/v1/config", "/v2/_catalog", "/v2/email/identities",
             "/WriteGetObjectResponse", "/v20180820/configuration"]  # fmt: skip
    for method in ("GET", "POST"):
        statuses = run(f"print([ask({method!r}, path, sign={sign}) for path in {paths}])")
        assert set(eval(statuses)) <= {400, 403}
    assert run("print(ask('GET', '/_lab/requests', {'x-lab-secret': os.environ['AWS_SECRET_ACCESS_KEY']}))") == "400"
    assert run("print([bucket['Name'] for bucket in s3.list_buckets()['Buckets']])") == "['kept']"


@pytest.mark.parametrize(("service", "operation"), [("kinesis", "list_streams"), ("lambda", "list_functions")])  # fmt: skip
def test_a_service_the_lab_lacks_says_so(run: Callable[[str], str], service: str, operation: str) -> None:
    told = run(f"import boto3\nboto3.client({service!r}).{operation}()")
    assert f"The lab does not have the service {service!r}; it has: {names()}." in told


def test_a_header_that_names_another_service_is_refused(run: Callable[[str], str]) -> None:
    run(SIGNED)
    assert run("print(ask('POST', '/', {'x-amz-target': 'Kinesis_20131202.ListStreams'}))") == "501"


def test_another_submissions_lab_is_out_of_reach(engine: Engine, own: Laboratory, run: Callable[[str], str]) -> None:
    other = engine.lab()
    other.renew()
    try:
        sockets = "print([line.split()[4] for line in open('/proc/self/mountinfo') if '.sock' in line])"
        assert run(sockets) == "['/run/lab.sock']"
        assert run(f"import os\nprint(os.path.exists({str(other.socket)!r}))") == "False"
        assert run("print([line for line in open('/proc/net/unix') if '@' in line or '/' in line])") == "[]"
        with (
            attached(other, "examiner", own.request("examiner")["keys"]["examiner"]),
            pytest.raises(Exception, match="InvalidAccessKeyId"),
        ):
            lab.client("s3", role="examiner").list_buckets()
    finally:
        other.close()


def test_the_lab_leads_nowhere_else(run: Callable[[str], str]) -> None:
    assert run("import os\ntry:\n    os.remove('/run/lab.sock')\nexcept OSError as error:\n    print('kept')") == "kept"
    assert run("import os\ntry:\n    open('/run/x', 'w')\nexcept OSError as error:\n    print('kept')") == "kept"


def test_nothing_listens_outside_the_boxes(run: Callable[[str], str]) -> None:
    before = _listening()  # kernels or JVMs that other tests of this process have left
    assert run("import boto3\nprint(boto3.client('s3').list_buckets()['Buckets'])") == "[]"
    assert _listening() <= before


def _listening() -> set[tuple[str, int]]:
    ours = {child.pid for child in psutil.Process().children(recursive=True)}
    found = psutil.net_connections("inet")
    return {
        (place.laddr.ip, place.laddr.port)
        for place in found
        if place.status == psutil.CONN_LISTEN and place.pid in ours
    }


def test_the_examiner_sees_what_the_candidate_left_and_how(own: Laboratory, run: Callable[[str], str]) -> None:
    run(
        "import boto3\ns3 = boto3.client('s3')\ns3.create_bucket(Bucket='landing')\ns3.put_object(Bucket='landing', Key='a', Body=b'1')"
    )
    with attached(own, "examiner"):
        assert lab.client("s3", role="examiner").get_object(Bucket="landing", Key="a")["Body"].read() == b"1"
        asked = [(entry.role, entry.method, entry.path, entry.status) for entry in lab.requests()]
    assert asked == [
        ("candidate", "PUT", "/landing", 200),
        ("candidate", "PUT", "/landing/a", 200),
        ("examiner", "GET", "/landing/a", 200),
    ]


def test_a_question_is_examined_on_the_state_at_its_place(own: Laboratory, run: Callable[[str], str]) -> None:
    run("import boto3\ns3 = boto3.client('s3')\ns3.create_bucket(Bucket='landing')")
    own.keep("first_tests")
    run("s3.delete_bucket(Bucket='landing')\ns3.create_bucket(Bucket='other')")
    own.keep("second_tests")
    with attached(own, "examiner"):
        for test, bucket in (("first_tests", "landing"), ("second_tests", "other"), ("first_tests", "landing")):
            own.restore(test)
            found = [each["Name"] for each in lab.client("s3", role="examiner").list_buckets()["Buckets"]]
            assert found == [bucket]
            assert lab.requests()[0].path == "/landing"
            lab.reset()  # what a check leaves is not the next one's


def test_a_renewed_lab_is_empty_and_known_by_the_same_keys(own: Laboratory) -> None:
    with attached(own, "examiner"):
        lab.client("s3", role="examiner").create_bucket(Bucket="gone")
        own.renew()
        assert lab.client("s3", role="examiner").list_buckets()["Buckets"] == []


def test_nothing_of_a_lab_is_left_when_it_closes(engine: Engine) -> None:
    laboratory = engine.lab()
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    laboratory.renew()
    folder = laboratory.socket.parent
    laboratory.close()
    laboratory.close()
    started = {child.pid for child in psutil.Process().children(recursive=True)} - before
    assert all(len(os.listdir(f"/proc/{pid}/task")) == 1 for pid in started)  # the fork server, if it was the first lab
    assert not folder.exists()


class attached:  # noqa: N801
    """This process reaches a lab as `role`, for the length of a `with`."""

    def __init__(self, laboratory: Laboratory, role: str, key: dict[str, str] | None = None) -> None:
        self.path, self.keys = str(laboratory.socket), {role: key or laboratory.request(role)["keys"][role]}

    def __enter__(self) -> None:
        self.before = dict(os.environ)
        lab.attach(self.path, self.keys)

    def __exit__(self, *_: object) -> None:
        withdraw()
        os.environ.clear()
        os.environ.update(self.before)
