"""S3: uploads in parts and conditional writes, as AWS's documentation has them."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from contracts import refused
from groundschool import lab

pytestmark = pytest.mark.contract("s3")
MIB = 1 << 20


@pytest.fixture(autouse=True)
def lake(services: lab.Services) -> None:
    services.seed(s3={"lake": {}})


class Upload:
    """An upload in parts of `big` in `lake`."""

    def __init__(self, s3: Any, *bodies: bytes, **arguments: Any) -> None:
        self.s3, self.place = s3, {"Bucket": "lake", "Key": "big"}
        self.place["UploadId"] = s3.create_multipart_upload(**self.place, **arguments)["UploadId"]
        self.parts = [self.put(number, body) for number, body in enumerate(bodies, 1)]

    def put(self, number: int, body: bytes, **arguments: Any) -> dict[str, Any]:
        answer = self.s3.upload_part(**self.place, PartNumber=number, Body=body, **arguments)
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def refused(self, parts: Sequence[dict[str, Any]], **arguments: Any) -> tuple[str, int]:
        return refused(self.s3.complete_multipart_upload, **self.place, MultipartUpload={"Parts": parts}, **arguments)

    def complete(self, **arguments: Any) -> Any:
        return self.s3.complete_multipart_upload(**self.place, MultipartUpload={"Parts": self.parts}, **arguments)


class TestUploads:
    """Uploads in parts"""

    def test_the_parts_arrive_as_one_object(self, s3: Any) -> None:
        first, last = b"a" * (5 * MIB), b"z"
        answer = Upload(s3, first, last, Metadata={"k": "v"}, ContentType="text/csv").complete()
        digests = hashlib.md5(first).digest() + hashlib.md5(last).digest()
        assert answer["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
        got = s3.get_object(Bucket="lake", Key="big")
        assert (got["Body"].read(), got["Metadata"], got["ContentType"]) == (first + last, {"k": "v"}, "text/csv")

    @pytest.mark.parametrize("size", [0, 1, 5 * MIB - 1, 5_000_000])
    def test_a_part_below_five_mebibytes_is_the_last_one(self, s3: Any, size: int) -> None:
        upload = Upload(s3, b"x" * size, b"x")
        assert upload.refused(upload.parts) == ("EntityTooSmall", 400)
        assert len(s3.list_parts(**upload.place)["Parts"]) == 2  # it is still open

    def test_the_refusal_of_a_small_part_says_which(self, s3: Any) -> None:
        upload = Upload(s3, b"x" * 3, b"x")
        with pytest.raises(ClientError) as small:
            upload.complete()
        error = small.value.response["Error"]
        assert error["Message"] == "Your proposed upload is smaller than the minimum allowed size"
        assert (error["PartNumber"], error["ProposedSize"], error["MinSizeAllowed"]) == ("1", "3", "5242880")

    @pytest.mark.parametrize("size", [0, 3])
    def test_one_small_part_alone_is_enough(self, s3: Any, size: int) -> None:
        Upload(s3, b"x" * size).complete()
        assert s3.head_object(Bucket="lake", Key="big")["ContentLength"] == size

    def test_parts_may_have_gaps_and_be_sent_in_any_order(self, s3: Any) -> None:
        upload = Upload(s3)
        upload.parts = [upload.put(number, body) for number, body in ((10_000, b"z"), (7, b"a" * 5 * MIB))][::-1]
        upload.complete()
        assert s3.get_object(Bucket="lake", Key="big")["Body"].read() == b"a" * 5 * MIB + b"z"

    def test_a_part_sent_again_replaces_itself(self, s3: Any) -> None:
        upload = Upload(s3, b"first")
        upload.parts = [upload.put(1, b"second")]
        upload.complete()
        assert s3.get_object(Bucket="lake", Key="big")["Body"].read() == b"second"

    @pytest.mark.parametrize("order", [(2, 1), (1, 1), (1, 2, 2)])
    def test_parts_out_of_order_are_refused(self, s3: Any, order: tuple[int, ...]) -> None:
        upload = Upload(s3, b"x" * 5 * MIB, b"x")
        assert upload.refused([upload.parts[number - 1] for number in order]) == ("InvalidPartOrder", 400)

    def test_a_part_that_was_not_sent_is_refused(self, s3: Any) -> None:
        upload = Upload(s3, b"x" * 5 * MIB, b"x")
        assert upload.refused([*upload.parts, {"PartNumber": 3, "ETag": '"x"'}]) == ("InvalidPart", 400)
        assert upload.refused([{**upload.parts[0], "ETag": upload.parts[1]["ETag"]}]) == ("InvalidPart", 400)

    @pytest.mark.parametrize("parts", [[], [{"PartNumber": 1}], [{"ETag": '"x"'}]])
    def test_a_list_that_names_no_part_is_malformed(self, s3: Any, parts: list[dict[str, Any]]) -> None:
        assert Upload(s3, b"x").refused(parts) == ("MalformedXML", 400)

    def test_more_than_ten_thousand_parts_are_malformed(self, s3: Any) -> None:
        parts = [{"PartNumber": number, "ETag": '"x"'} for number in range(1, 10_002)]
        assert Upload(s3, b"x").refused(parts) == ("MalformedXML", 400)

    @pytest.mark.parametrize("number", [0, -1, 10_001])
    def test_parts_are_numbered_from_one_to_ten_thousand(self, s3: Any, number: int) -> None:
        place = Upload(s3).place
        assert refused(s3.upload_part, **place, PartNumber=number, Body=b"") == ("InvalidArgument", 400)

    def test_an_upload_that_is_not_open_is_refused(self, s3: Any) -> None:
        upload = Upload(s3, b"x")
        s3.abort_multipart_upload(**upload.place)
        for call, more in (
            (s3.upload_part, {"PartNumber": 1, "Body": b""}), (s3.list_parts, {}), (s3.abort_multipart_upload, {}),
            (s3.complete_multipart_upload, {"MultipartUpload": {"Parts": upload.parts}}),
        ):  # fmt: skip
            assert refused(call, **upload.place, **more) == ("NoSuchUpload", 404)

    def test_an_aborted_upload_leaves_nothing(self, s3: Any) -> None:
        upload = Upload(s3, b"x")
        assert [found["Key"] for found in s3.list_multipart_uploads(Bucket="lake")["Uploads"]] == ["big"]
        s3.abort_multipart_upload(**upload.place)
        assert "Uploads" not in s3.list_multipart_uploads(Bucket="lake")
        assert refused(s3.head_object, Bucket="lake", Key="big") == ("404", 404)

    def test_an_open_upload_is_not_visible(self, s3: Any) -> None:
        Upload(s3, b"x")
        assert s3.list_objects_v2(Bucket="lake")["KeyCount"] == 0

    def test_parts_are_listed_in_pages(self, s3: Any) -> None:
        upload = Upload(s3, *[b"x"] * 5)
        first = s3.list_parts(**upload.place, MaxParts=2)
        assert ([part["PartNumber"] for part in first["Parts"]], first["IsTruncated"]) == ([1, 2], True)
        rest = s3.list_parts(**upload.place, PartNumberMarker=first["NextPartNumberMarker"])
        assert [part["PartNumber"] for part in rest["Parts"]] == [3, 4, 5]

    def test_open_uploads_are_listed_in_pages(self, s3: Any) -> None:
        for key in "cab":
            s3.create_multipart_upload(Bucket="lake", Key=key)
        pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket="lake", PaginationConfig={"PageSize": 2})
        assert [[found["Key"] for found in page["Uploads"]] for page in pages] == [["a", "b"], ["c"]]

    def test_a_part_is_copied_from_an_object(self, s3: Any) -> None:
        s3.put_object(Bucket="lake", Key="source", Body=b"0123456789")
        upload = Upload(s3)
        source = {"CopySource": "lake/source", "CopySourceRange": "bytes=2-4"}
        copied = s3.upload_part_copy(**upload.place, PartNumber=1, **source)["CopyPartResult"]
        upload.parts = [{"PartNumber": 1, "ETag": copied["ETag"]}]
        upload.complete()
        assert s3.get_object(Bucket="lake", Key="big")["Body"].read() == b"234"

    def test_a_part_of_an_object_is_read_by_number(self, s3: Any) -> None:
        Upload(s3, b"a" * 5 * MIB, b"z").complete()
        got = s3.get_object(Bucket="lake", Key="big", PartNumber=2)
        assert (got["Body"].read(), got["PartsCount"], got["ContentRange"]) == (
            b"z",
            2,
            "bytes 5242880-5242880/5242881",
        )

    def test_boto3s_own_transfer_of_a_stream(self, s3: Any) -> None:
        body = bytes(range(256)) * (12 * MIB // 256)
        s3.upload_fileobj(io.BytesIO(body), "lake", "stream", Config=TransferConfig(multipart_chunksize=5 * MIB))
        assert s3.head_object(Bucket="lake", Key="stream")["ETag"].endswith('-3"')
        got = io.BytesIO()
        s3.download_fileobj("lake", "stream", got)
        assert got.getvalue() == body

    def test_completing_twice_gives_the_same_answer(self, s3: Any) -> None:
        upload = Upload(s3, b"x")
        assert upload.complete()["ETag"] == upload.complete()["ETag"]


class TestConditionalWrites:
    """Conditional writes"""

    def test_only_the_first_creates(self, s3: Any) -> None:
        s3.put_object(Bucket="lake", Key="once", Body=b"1", IfNoneMatch="*")
        assert refused(s3.put_object, Bucket="lake", Key="once", Body=b"2", IfNoneMatch="*") == (
            "PreconditionFailed",
            412,
        )
        assert s3.get_object(Bucket="lake", Key="once")["Body"].read() == b"1"

    def test_one_of_sixteen_rivals_wins(self, services: lab.Services, s3: Any) -> None:
        told: list[str] = []

        def write(number: int) -> None:
            try:
                services.client("s3").put_object(Bucket="lake", Key="lock", Body=str(number).encode(), IfNoneMatch="*")
                told.append("won")
            except ClientError as error:
                told.append(error.response["Error"]["Code"])

        rivals = [threading.Thread(target=write, args=(number,)) for number in range(16)]
        for rival in rivals:
            rival.start()
        for rival in rivals:
            rival.join()
        assert sorted(told) == ["PreconditionFailed"] * 15 + ["won"]

    def test_a_write_over_what_was_read(self, s3: Any) -> None:
        tag = s3.put_object(Bucket="lake", Key="count", Body=b"1")["ETag"]
        s3.put_object(Bucket="lake", Key="count", Body=b"2", IfMatch=tag)
        assert refused(s3.put_object, Bucket="lake", Key="count", Body=b"3", IfMatch=tag) == ("PreconditionFailed", 412)

    def test_a_write_over_what_is_gone(self, s3: Any) -> None:
        tag = s3.put_object(Bucket="lake", Key="count", Body=b"1")["ETag"]
        s3.delete_object(Bucket="lake", Key="count")
        assert refused(s3.put_object, Bucket="lake", Key="count", Body=b"2", IfMatch=tag) == ("NoSuchKey", 404)

    def test_creating_over_a_deletion_marker_succeeds(self, s3: Any) -> None:
        s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket="lake", Key="a", Body=b"1")
        s3.delete_object(Bucket="lake", Key="a")
        s3.put_object(Bucket="lake", Key="a", Body=b"2", IfNoneMatch="*")
        assert s3.get_object(Bucket="lake", Key="a")["Body"].read() == b"2"

    def test_none_match_takes_a_star_only(self, s3: Any) -> None:
        tag = s3.put_object(Bucket="lake", Key="a", Body=b"1")["ETag"]
        assert refused(s3.put_object, Bucket="lake", Key="a", Body=b"2", IfNoneMatch=tag) == ("NotImplemented", 501)

    def test_completing_an_upload_can_be_conditional(self, s3: Any) -> None:
        upload = Upload(s3, b"mine")
        s3.put_object(Bucket="lake", Key="big", Body=b"of a rival")
        assert upload.refused(upload.parts, IfNoneMatch="*") == ("PreconditionFailed", 412)
        assert s3.get_object(Bucket="lake", Key="big")["Body"].read() == b"of a rival"

    def test_a_conflict_is_met_where_a_check_asks_for_one(self, services: lab.Services, s3: Any) -> None:
        services.fail("s3", operation="PutObject", code="ConditionalRequestConflict", status=409)
        answer = refused(s3.put_object, Bucket="lake", Key="a", Body=b"1", IfNoneMatch="*")
        assert answer == ("ConditionalRequestConflict", 409)


class TestRefusals:
    """What the lab does not do"""

    @pytest.mark.parametrize(("operation", "arguments"), [
        ("put_bucket_lifecycle_configuration", {"LifecycleConfiguration": {"Rules": []}}),
        ("put_bucket_notification_configuration", {"NotificationConfiguration": {"EventBridgeConfiguration": {}}}),
        ("put_bucket_acl", {"ACL": "private"}), ("get_bucket_acl", {}), ("put_public_access_block", {"PublicAccessBlockConfiguration": {}}),
        ("put_bucket_replication", {"ReplicationConfiguration": {"Role": "r", "Rules": []}}), ("get_bucket_website", {}),
        ("put_object_lock_configuration", {}), ("get_bucket_cors", {}), ("put_bucket_encryption", {"ServerSideEncryptionConfiguration": {"Rules": []}}),
        ("restore_object", {"Key": "a"}), ("get_object_acl", {"Key": "a"}), ("put_object_retention", {"Key": "a"}), ("get_object_torrent", {"Key": "a"}),
        ("select_object_content", {"Key": "a", "Expression": "x", "ExpressionType": "SQL", "InputSerialization": {}, "OutputSerialization": {}}),
        ("rename_object", {"Key": "a", "RenameSource": "lake/b"}),
    ])  # fmt: skip
    def test_an_operation_says_so(self, s3: Any, operation: str, arguments: Any) -> None:
        with pytest.raises(ClientError, match="The lab does not") as error:
            getattr(s3, operation)(Bucket="lake", **arguments)
        assert error.value.response["Error"]["Code"] == "NotImplemented"

    @pytest.mark.parametrize("arguments", [
        {"ServerSideEncryption": "aws:kms"}, {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k"}, {"StorageClass": "GLACIER"}, {"StorageClass": "DEEP_ARCHIVE"},
        {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": "2030-01-01"}, {"WebsiteRedirectLocation": "/x"},
        {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}, {"WriteOffsetBytes": 3},
    ])  # fmt: skip
    def test_an_argument_says_so(self, s3: Any, arguments: Any) -> None:
        from botocore.handlers import sse_md5

        s3.meta.events.unregister("before-parameter-build.s3.PutObject", sse_md5)  # it wants TLS
        with pytest.raises(ClientError, match="The lab does not") as error:
            s3.put_object(Bucket="lake", Key="a", Body=b"", **arguments)
        assert error.value.response["Error"]["Code"] == "NotImplemented"
        assert refused(s3.head_object, Bucket="lake", Key="a") == ("404", 404)

    def test_another_account_is_not_the_owner(self, s3: Any) -> None:
        assert refused(s3.list_objects_v2, Bucket="lake", ExpectedBucketOwner="999999999999") == ("AccessDenied", 403)
        s3.list_objects_v2(Bucket="lake", ExpectedBucketOwner="111122223333")

    def test_access_control_lists_are_off_as_they_are_by_default(self, s3: Any) -> None:
        for granted in ({"ACL": "public-read"}, {"GrantRead": "id=1"}):
            answer = refused(s3.put_object, Bucket="lake", Key="a", Body=b"", **granted)
            assert answer == ("AccessControlListNotSupported", 400)

    def test_a_bucket_in_another_region_says_so(self, s3: Any) -> None:
        place = {"LocationConstraint": "eu-west-1"}
        with pytest.raises(ClientError, match="The lab does not have another region than us-east-1"):
            s3.create_bucket(Bucket="abroad", CreateBucketConfiguration=place)

    def test_a_request_is_signed_for_the_buckets_region(self, services: lab.Services) -> None:
        other = boto3.client("s3", region_name="eu-west-1")
        other.meta.events.unregister("needs-retry.s3")
        other.list_objects_v2(Bucket="lake")  # boto3 follows the region that the refusal names
        assert [entry.status for entry in lab.requests()] == [400, 200]
