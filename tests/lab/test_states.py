"""A check begins from a state of its own: the lab is emptied, seeded, and put back as it was."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundschool import lab

LANDING = {"landing": {"orders/1.csv": b"a,b\n1,2\n", "orders/2.csv": b""}}


def held(s3: Any) -> dict[str, list[str]]:
    """The keys of every bucket."""
    buckets = [found["Name"] for found in s3.list_buckets()["Buckets"]]
    return {
        bucket: [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])] for bucket in buckets
    }


def test_a_reset_leaves_nothing_of_what_was_made(services: lab.Services, s3: Any) -> None:
    iam, sts = services.client("iam"), services.client("sts")
    services.seed(s3=LANDING)
    s3.put_bucket_versioning(Bucket="landing", VersioningConfiguration={"Status": "Enabled"})
    s3.create_multipart_upload(Bucket="landing", Key="open")
    iam.create_user(UserName="ana")
    session = sts.assume_role(RoleArn=services.role, RoleSessionName="before")["Credentials"]
    services.reset()
    assert held(s3) == {}
    s3.create_bucket(Bucket="landing")
    assert "Status" not in s3.get_bucket_versioning(Bucket="landing")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="landing")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["candidate"]
    assert [entry.operation for entry in lab.requests()][:1] == ["ListBuckets"]
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        signed_by(session).list_buckets()


def signed_by(session: dict[str, str]) -> Any:
    import boto3

    return boto3.client(
        "s3", aws_access_key_id=session["AccessKeyId"], aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )  # fmt: skip


def test_seeded_objects_are_ordinary_objects_and_nobodys_requests(services: lab.Services, s3: Any) -> None:
    services.seed(s3=LANDING)
    assert lab.requests() == ()
    assert held(s3) == {"landing": ["orders/1.csv", "orders/2.csv"]}
    assert s3.get_object(Bucket="landing", Key="orders/1.csv")["Body"].read() == b"a,b\n1,2\n"
    services.seed(s3={"landing": {"orders/3.csv": bytes(range(256))}, "empty": {}})
    assert s3.get_object(Bucket="landing", Key="orders/3.csv")["Body"].read() == bytes(range(256))
    assert held(s3)["empty"] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"s3": {"No": {}}}, "The lab does not seed No: .*InvalidBucketName"),
        ({"iam": {}}, "The lab does not seed iam"),
        ({"ec2": {}}, "The lab does not have the service 'ec2'; it has: "),
    ],
)
def test_what_cannot_be_seeded_says_why(services: lab.Services, content: Any, words: str) -> None:
    with pytest.raises(lab.LabError, match=words):
        services.seed(**content)


def test_a_kept_state_comes_back_with_its_log(services: lab.Services, s3: Any) -> None:
    services.seed(s3=LANDING)
    s3.put_object(Bucket="landing", Key="orders/3.csv", Body=b"mine")
    lab.keep("one")
    services.reset()
    s3.create_bucket(Bucket="other")
    lab.keep("two")
    assert lab.restore("one")
    assert held(s3) == {"landing": ["orders/1.csv", "orders/2.csv", "orders/3.csv"]}
    assert [entry.operation for entry in lab.requests()][:1] == ["PutObject"]
    s3.delete_object(Bucket="landing", Key="orders/3.csv")
    assert lab.restore("two")
    assert held(s3) == {"other": []}
    assert lab.restore("one")  # as it was kept, not as it was left
    assert "orders/3.csv" in held(s3)["landing"]
    assert not lab.restore("three")


def test_a_fresh_lab_is_there_for_a_while_only(services: lab.Services, s3: Any) -> None:
    services.seed(s3={"own": {"work": b"1"}})
    with services.fresh(s3=LANDING):
        s3.put_object(Bucket="landing", Key="orders/3.csv", Body=b"")
        assert [entry.operation for entry in lab.requests()] == ["PutObject"]
        assert list(held(s3)) == ["landing"]
    with pytest.raises(KeyError), services.fresh(s3=LANDING):
        raise KeyError
    assert held(s3) == {"own": ["work"]}


def test_changes_of_a_state_do_not_reach_its_copies(services: lab.Services, s3: Any) -> None:
    """Whatever ministack holds in nested containers: versions, tags, policies and parts of uploads."""
    iam = services.client("iam")
    services.seed(s3=LANDING)
    s3.put_bucket_versioning(Bucket="landing", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="landing", Key="orders/1.csv", Body=b"v1")
    upload = s3.create_multipart_upload(Bucket="landing", Key="big")["UploadId"]
    iam.create_policy(
        PolicyName="p",
        PolicyDocument='{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}',
    )
    lab.keep("a")
    s3.put_object(Bucket="landing", Key="orders/1.csv", Body=b"v2")
    s3.put_object_tagging(Bucket="landing", Key="orders/1.csv", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    s3.upload_part(Bucket="landing", Key="big", UploadId=upload, PartNumber=1, Body=b"x")
    iam.attach_user_policy(UserName="candidate", PolicyArn="arn:aws:iam::111122223333:policy/p")
    lab.restore("a")
    assert s3.get_object(Bucket="landing", Key="orders/1.csv")["Body"].read() == b"v1"
    assert len(s3.list_object_versions(Bucket="landing", Prefix="orders/1.csv")["Versions"]) == 2
    assert s3.get_object_tagging(Bucket="landing", Key="orders/1.csv")["TagSet"] == []
    assert "Parts" not in s3.list_parts(Bucket="landing", Key="big", UploadId=upload)
    assert iam.list_attached_user_policies(UserName="candidate")["AttachedPolicies"] == []


def test_two_labs_do_not_meet(services: lab.Services, s3: Any) -> None:
    import os
    import subprocess
    import sys

    services.seed(s3=LANDING)
    program = (
        "from groundschool import lab\ns = lab.start()\nprint(s.endpoint, s.client('s3').list_buckets()['Buckets'])"
    )
    own = {name: value for name, value in os.environ.items() if name != "GROUNDSCHOOL_LAB"}
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=own).stdout
    assert told.endswith("[]\n")
    assert services.endpoint not in told


def test_a_role_is_there_with_rights_on_data_and_none_on_identities(services: lab.Services) -> None:
    services.seed(s3=LANDING)
    assert services.client("s3", role=services.role).list_objects_v2(Bucket="landing")["KeyCount"] == 2
    with pytest.raises(ClientError) as refused:
        services.client("iam", role=services.role).list_users()
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    assert f"assumed-role/{services.role.rsplit('/')[-1]}/lab" in str(refused.value)
