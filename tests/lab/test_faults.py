"""Faults are injected by the lab: the nth call of an operation fails, is lost, is the last, or meets a rival."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from groundschool import lab


@pytest.fixture
def s3(services: lab.Services) -> Any:
    services.seed(s3={"bkt": {}})
    return services.client("s3")


def put(s3: Any, *keys: str) -> list[str]:
    """Puts objects one by one; "done" or the code of the error for each."""
    told = []
    for key in keys:
        try:
            s3.put_object(Bucket="bkt", Key=key, Body=key.encode())
            told.append("done")
        except ClientError as error:
            told.append(error.response["Error"]["Code"])
    return told


def there(s3: Any) -> str:
    return "".join(
        found["Key"] for found in lab.client("s3", "examiner").list_objects_v2(Bucket="bkt").get("Contents", [])
    )


def test_the_nth_call_fails_and_does_nothing(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", nth=3)
    s3.list_objects_v2(Bucket="bkt")
    assert put(s3, *"abcd") == ["done", "done", "InternalError", "done"]
    assert there(s3) == "abd"
    assert [entry.status for entry in lab.requests() if entry.operation == "PutObject"] == [200, 200, 500, 200]


def test_a_fault_can_be_another_error_of_the_service(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", code="SlowDown", status=503)
    with pytest.raises(ClientError, match="Please reduce your request rate") as slow:
        s3.put_object(Bucket="bkt", Key="a", Body=b"")
    assert slow.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_a_clients_own_repeats_are_the_same_call(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", nth=2)
    patient = boto3.client("s3", config=Config(retries={"total_max_attempts": 2}))
    assert put(patient, *"abc") == ["done", "InternalError", "done"]
    assert [entry.status for entry in lab.requests() if entry.operation == "PutObject"] == [200, 500, 500, 200]


def test_calls_that_pretend_to_be_repeats_of_one_are_counted_each(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", nth=2)
    s3.meta.events.register(
        "before-send.s3.PutObject",
        lambda request, **_: request.headers.__setitem__("amz-sdk-invocation-id", "always-the-same"),
    )
    assert put(s3, *"abc") == ["done", "InternalError", "done"]


def test_a_lost_answer_hides_what_was_done(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", nth=2, how="lost")
    assert put(s3, *"abc") == ["done", "InternalError", "done"]
    assert there(s3) == "abc"


def test_after_a_crash_nothing_more_arrives(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", nth=2, how="crash")
    assert put(s3, *"abc") == ["done", "InternalError", "ServiceUnavailable"]
    for cleaning in (lambda: s3.delete_object(Bucket="bkt", Key="a"), s3.list_buckets):
        with pytest.raises(ClientError, match="nothing of it arrives any more"):
            cleaning()
    assert there(s3) == "a"


def test_a_rival_writes_just_before(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", nth=2, how="rival", writes={"s3": {"bkt": {"b": b"of the rival"}}})
    assert put(s3, "a") == ["done"]
    assert there(s3) == "a"
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="bkt", Key="b", Body=b"mine", IfNoneMatch="*")
    assert s3.get_object(Bucket="bkt", Key="b")["Body"].read() == b"of the rival"


def test_operations_are_told_apart(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="CopyObject")
    services.fail("s3", operation="UploadPart", nth=2)
    put(s3, "a")
    with pytest.raises(ClientError, match="CopyObject"):
        s3.copy_object(Bucket="bkt", Key="c", CopySource="bkt/a")
    upload = s3.create_multipart_upload(Bucket="bkt", Key="u")["UploadId"]
    s3.upload_part(Bucket="bkt", Key="u", UploadId=upload, PartNumber=1, Body=b"1")
    with pytest.raises(ClientError, match="UploadPart"):
        s3.upload_part(Bucket="bkt", Key="u", UploadId=upload, PartNumber=2, Body=b"2")
    s3.upload_part(Bucket="bkt", Key="u", UploadId=upload, PartNumber=2, Body=b"2")


def test_the_services_that_speak_forms_fail_in_their_own_way(services: lab.Services) -> None:
    services.fail("iam", operation="CreateRole", code="ServiceFailure")
    with pytest.raises(services.client("iam").exceptions.ServiceFailureException):
        services.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")


def test_the_examiner_meets_no_fault(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", how="crash")
    assert put(lab.client("s3", "examiner"), *"abc") == ["done"] * 3
    assert put(s3, "d") == ["InternalError"]


@pytest.mark.parametrize("end", ["reset", "restore"])
def test_faults_end_with_the_state(services: lab.Services, s3: Any, end: str) -> None:
    lab.keep("before")
    services.fail("s3", operation="PutObject", how="crash")
    put(s3, "a")
    services.reset() if end == "reset" else lab.restore("before")
    services.seed(s3={"bkt": {}})
    assert put(s3, "a") == ["done"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"service": "sqs", "operation": "SendMessage"}, "does not have the service 'sqs'"),
        ({"service": "s3", "operation": "PutObjekt"}, "does not do 'PutObjekt' of s3"),
        ({"service": "s3", "operation": "PutObject", "nth": 0}, "strikes call 1 or later"),
        ({"service": "s3", "operation": "PutObject", "how": "slow"}, "error, lost, crash, rival"),
    ],
)
def test_a_fault_that_could_never_strike_is_refused(services: lab.Services, fault: Any, words: str) -> None:
    with pytest.raises(lab.LabError, match=words):
        services.fail(**fault)


def test_a_caller_that_had_ended_is_heard_again_once_faults_are_forgotten(services: lab.Services, s3: Any) -> None:
    services.fail("s3", operation="PutObject", nth=2, how="crash")
    services.fail("s3", operation="PutObject", nth=5)
    assert put(s3, *"abc") == ["done", "InternalError", "ServiceUnavailable"]
    services.calm()
    assert put(s3, *"def") == ["done", "done", "done"]
    assert there(s3) == "adef"
    assert [entry.status for entry in lab.requests() if entry.operation == "PutObject"] == [
        200,
        500,
        503,
        200,
        200,
        200,
    ]
