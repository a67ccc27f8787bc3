"""IAM and STS: users, keys, roles, policies and sessions, as AWS's documentation has them."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from contracts import held_to_the_model, refused
from groundschool import lab

pytestmark = pytest.mark.contract("iam")
ACCOUNT = "111122223333"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trusting(**principal: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


READ = policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lake/*"})
GLUE = trusting(Service="glue.amazonaws.com")


class TestUsers:
    """Users and access keys"""

    def test_a_user_is_made_found_and_deleted(self, iam: Any) -> None:
        made = iam.create_user(UserName="ana", Path="/team/", Tags=[{"Key": "team", "Value": "data"}])["User"]
        assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/ana"
        assert made["UserId"].startswith("AIDA")
        assert iam.get_user(UserName="ana")["User"]["Tags"] == [{"Key": "team", "Value": "data"}]
        assert {user["UserName"] for user in iam.list_users()["Users"]} == {"ana", "candidate"}
        iam.delete_user(UserName="ana")
        assert refused(iam.get_user, UserName="ana") == ("NoSuchEntity", 404)

    def test_a_name_is_taken_once(self, iam: Any) -> None:
        iam.create_user(UserName="ana")
        assert refused(iam.create_user, UserName="ana") == ("EntityAlreadyExists", 409)

    def test_a_bad_name_is_refused(self, iam: Any) -> None:
        assert refused(iam.create_user, UserName="a b") == ("ValidationError", 400)

    def test_without_a_name_the_caller_is_meant(self, iam: Any) -> None:
        assert iam.get_user()["User"]["UserName"] == "candidate"
        key = iam.create_access_key()["AccessKey"]
        assert key["UserName"] == "candidate"
        assert key["AccessKeyId"] in [found["AccessKeyId"] for found in iam.list_access_keys()["AccessKeyMetadata"]]

    def test_a_user_with_keys_or_policies_is_not_deleted(self, iam: Any) -> None:
        iam.create_user(UserName="ana")
        key = iam.create_access_key(UserName="ana")["AccessKey"]["AccessKeyId"]
        assert refused(iam.delete_user, UserName="ana") == ("DeleteConflict", 409)
        iam.delete_access_key(UserName="ana", AccessKeyId=key)
        iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=READ)
        assert refused(iam.delete_user, UserName="ana") == ("DeleteConflict", 409)

    def test_a_user_has_two_keys_at_most(self, iam: Any) -> None:
        iam.create_user(UserName="ana")
        for _ in range(2):
            iam.create_access_key(UserName="ana")
        assert refused(iam.create_access_key, UserName="ana") == ("LimitExceeded", 409)

    def test_an_inactive_or_deleted_key_opens_nothing(self, services: lab.Services, iam: Any) -> None:
        user = made_user(iam, "ana")
        user("sts").get_caller_identity()
        iam.update_access_key(UserName="ana", AccessKeyId=user.key["AccessKeyId"], Status="Inactive")
        assert refused(user("sts").get_caller_identity) == ("InvalidClientTokenId", 403)
        assert refused(user("s3").list_buckets) == ("InvalidAccessKeyId", 403)
        iam.delete_access_key(UserName="ana", AccessKeyId=user.key["AccessKeyId"])
        assert refused(user("sts").get_caller_identity) == ("InvalidClientTokenId", 403)

    def test_a_wrong_secret_opens_nothing(self, services: lab.Services, iam: Any) -> None:
        user = made_user(iam, "ana")
        user.key["SecretAccessKey"] = "0" * 40
        assert refused(user("sts").get_caller_identity) == ("SignatureDoesNotMatch", 403)
        assert refused(user("s3").list_buckets) == ("SignatureDoesNotMatch", 403)


class TestRoles:
    """Roles and trust"""

    def test_a_role_is_made_found_and_deleted(self, iam: Any) -> None:
        made = iam.create_role(RoleName="job", AssumeRolePolicyDocument=GLUE, Description="d", MaxSessionDuration=7200)[
            "Role"
        ]
        assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/job"
        assert made["AssumeRolePolicyDocument"] == json.loads(GLUE)
        found = iam.get_role(RoleName="job")["Role"]
        assert (found["Description"], found["MaxSessionDuration"]) == ("d", 7200)
        assert {role["RoleName"] for role in iam.list_roles()["Roles"]} == {"job", "wrenfield"}
        iam.delete_role(RoleName="job")
        assert refused(iam.get_role, RoleName="job") == ("NoSuchEntity", 404)

    def test_a_name_is_taken_once(self, iam: Any) -> None:
        iam.create_role(RoleName="job", AssumeRolePolicyDocument=GLUE)
        assert refused(iam.create_role, RoleName="job", AssumeRolePolicyDocument=GLUE) == ("EntityAlreadyExists", 409)

    def test_a_role_with_policies_is_not_deleted(self, iam: Any) -> None:
        iam.create_role(RoleName="job", AssumeRolePolicyDocument=GLUE)
        iam.put_role_policy(RoleName="job", PolicyName="p", PolicyDocument=READ)
        assert refused(iam.delete_role, RoleName="job") == ("DeleteConflict", 409)
        iam.delete_role_policy(RoleName="job", PolicyName="p")
        arn = iam.create_policy(PolicyName="p", PolicyDocument=READ)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="job", PolicyArn=arn)
        assert refused(iam.delete_role, RoleName="job") == ("DeleteConflict", 409)

    @pytest.mark.parametrize("trust", [
        "no json", "{}", READ, policy({"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}}),
        policy({"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole", "Resource": "*"}),
        policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"}, "Action": "sts:AssumeRole"}),
        policy({"Effect": "Allow", "Principal": {"Service": "glue"}, "Action": "sts:AssumeRole"}),
    ])  # fmt: skip
    def test_a_malformed_trust_is_refused(self, iam: Any, trust: str) -> None:
        assert refused(iam.create_role, RoleName="job", AssumeRolePolicyDocument=trust) == (
            "MalformedPolicyDocument",
            400,
        )

    def test_a_trust_is_changed(self, iam: Any) -> None:
        iam.create_role(RoleName="job", AssumeRolePolicyDocument=GLUE)
        new = trusting(AWS=f"arn:aws:iam::{ACCOUNT}:root")
        iam.update_assume_role_policy(RoleName="job", PolicyDocument=new)
        assert iam.get_role(RoleName="job")["Role"]["AssumeRolePolicyDocument"] == json.loads(new)

    def test_a_session_is_shorter_than_its_role_allows(self, iam: Any, sts: Any) -> None:
        arn = iam.create_role(RoleName="job", AssumeRolePolicyDocument=trusting(AWS=ACCOUNT))["Role"]["Arn"]
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="me", DurationSeconds=3601) == (
            "ValidationError",
            400,
        )


class TestPolicies:
    """Policies"""

    @pytest.fixture(autouse=True)
    def job(self, services: lab.Services, iam: Any) -> None:
        iam.create_role(RoleName="job", AssumeRolePolicyDocument=GLUE)

    def test_an_inline_policy_is_put_read_listed_and_deleted(self, iam: Any) -> None:
        iam.put_role_policy(RoleName="job", PolicyName="read", PolicyDocument=READ)
        assert iam.get_role_policy(RoleName="job", PolicyName="read")["PolicyDocument"] == json.loads(READ)
        assert iam.list_role_policies(RoleName="job")["PolicyNames"] == ["read"]
        iam.delete_role_policy(RoleName="job", PolicyName="read")
        assert refused(iam.get_role_policy, RoleName="job", PolicyName="read") == ("NoSuchEntity", 404)

    def test_a_managed_policy_is_attached_and_detached(self, iam: Any) -> None:
        arn = iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="job", PolicyArn=arn)
        assert iam.list_attached_role_policies(RoleName="job")["AttachedPolicies"] == [
            {"PolicyName": "read", "PolicyArn": arn}
        ]
        assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
        assert [role["RoleName"] for role in iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]] == ["job"]
        assert refused(iam.delete_policy, PolicyArn=arn) == ("DeleteConflict", 409)
        iam.detach_role_policy(RoleName="job", PolicyArn=arn)
        iam.delete_policy(PolicyArn=arn)
        assert refused(iam.get_policy, PolicyArn=arn) == ("NoSuchEntity", 404)

    def test_aws_own_policies_are_there(self, iam: Any) -> None:
        iam.attach_role_policy(RoleName="job", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole")
        found = iam.list_attached_role_policies(RoleName="job")["AttachedPolicies"]
        assert [entry["PolicyName"] for entry in found] == ["AWSGlueServiceRole"]

    @pytest.mark.parametrize(
        "arn", ["arn:aws:iam::aws:policy/AdminstratorAccess", f"arn:aws:iam::{ACCOUNT}:policy/nothing"]
    )
    def test_a_policy_that_is_not_there_is_not_attached(self, iam: Any, arn: str) -> None:
        assert refused(iam.attach_role_policy, RoleName="job", PolicyArn=arn) == ("NoSuchEntity", 404)

    @pytest.mark.parametrize("document", [
        "no json", "{}", '{"Version": "2012-10-17"}', '{"Version": "2012-10-17", "Statement": []}',
        policy({"Effect": "Permit", "Action": "s3:GetObject", "Resource": "*"}),
        policy({"Effect": "Allow", "Resource": "*"}), policy({"Effect": "Allow", "Action": "s3:GetObject"}),
        policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}),
        policy({"Effect": "Allow", "Action": "GetObject", "Resource": "*"}),
        policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "lake/*"}),
        policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringIs": {"a": "b"}}}),
        policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "When": "now"}),
        policy({"Effect": "Allow", "Action": "s3:GetObject", "NotAction": "s3:*", "Resource": "*"}),
        '{"Version": "2026-01-01", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}',
        policy({"Sid": "a", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": "a", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
    ])  # fmt: skip
    def test_a_malformed_policy_is_refused(self, iam: Any, document: str) -> None:
        assert refused(iam.put_role_policy, RoleName="job", PolicyName="p", PolicyDocument=document) == (
            "MalformedPolicyDocument",
            400,
        )
        assert refused(iam.create_policy, PolicyName="p", PolicyDocument=document) == ("MalformedPolicyDocument", 400)

    def test_versions_of_a_policy(self, iam: Any) -> None:
        arn = iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]
        wide = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
        assert (
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=wide, SetAsDefault=True)["PolicyVersion"][
                "VersionId"
            ]
            == "v2"
        )
        assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
        assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == json.loads(READ)
        assert refused(iam.delete_policy_version, PolicyArn=arn, VersionId="v2") == ("DeleteConflict", 409)
        iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
        assert [found["VersionId"] for found in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v2"]

    def test_policies_of_a_user(self, iam: Any) -> None:
        iam.create_user(UserName="ana")
        iam.put_user_policy(UserName="ana", PolicyName="read", PolicyDocument=READ)
        assert iam.list_user_policies(UserName="ana")["PolicyNames"] == ["read"]
        assert iam.get_user_policy(UserName="ana", PolicyName="read")["PolicyDocument"] == json.loads(READ)
        arn = iam.create_policy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]
        iam.attach_user_policy(UserName="ana", PolicyArn=arn)
        assert [
            entry["PolicyArn"] for entry in iam.list_attached_user_policies(UserName="ana")["AttachedPolicies"]
        ] == [arn]

    def test_what_a_role_may_do_is_simulated(self, iam: Any) -> None:
        iam.put_role_policy(RoleName="job", PolicyName="read", PolicyDocument=READ)
        found = iam.simulate_principal_policy(
            PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/job", ActionNames=["s3:GetObject", "s3:PutObject"],
            ResourceArns=["arn:aws:s3:::lake/a"],
        )["EvaluationResults"]  # fmt: skip
        assert [result["EvalDecision"] for result in found] == ["allowed", "implicitDeny"]


class TestSessions:
    """Sessions and identities"""

    def test_a_caller_learns_who_it_is(self, services: lab.Services, sts: Any, client: Any) -> None:
        assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/candidate"
        found = client("sts", services.role).get_caller_identity()
        assert (found["Arn"], found["Account"]) == (f"arn:aws:sts::{ACCOUNT}:assumed-role/wrenfield/lab", ACCOUNT)
        assert found["UserId"].startswith("AROA")
        assert found["UserId"].endswith(":lab")

    def test_a_role_is_assumed_by_whom_it_trusts(self, iam: Any, sts: Any) -> None:
        ana, ben = made_user(iam, "ana", ASSUME), made_user(iam, "ben", ASSUME)
        arn = iam.create_role(RoleName="job", AssumeRolePolicyDocument=trusting(AWS=ana.arn))["Role"]["Arn"]
        session = ana("sts").assume_role(RoleArn=arn, RoleSessionName="run-1")
        assert session["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/job/run-1"
        assert session["Credentials"]["AccessKeyId"].startswith("ASIA")
        assert refused(ben("sts").assume_role, RoleArn=arn, RoleSessionName="run-2") == ("AccessDenied", 403)

    def test_a_role_that_trusts_a_service_is_not_for_users(self, iam: Any, sts: Any) -> None:
        arn = iam.create_role(RoleName="job", AssumeRolePolicyDocument=GLUE)["Role"]["Arn"]
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="me") == ("AccessDenied", 403)

    def test_a_user_without_the_right_assumes_nothing_of_its_account(self, iam: Any) -> None:
        arn = iam.create_role(RoleName="job", AssumeRolePolicyDocument=trusting(AWS=f"arn:aws:iam::{ACCOUNT}:root"))[
            "Role"
        ]["Arn"]
        assert refused(made_user(iam, "ana")("sts").assume_role, RoleArn=arn, RoleSessionName="me") == (
            "AccessDenied",
            403,
        )
        made_user(iam, "ben", ASSUME)("sts").assume_role(RoleArn=arn, RoleSessionName="me")

    def test_a_role_that_is_not_there_is_denied(self, sts: Any) -> None:
        arn = f"arn:aws:iam::{ACCOUNT}:role/nothing"
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="me") == ("AccessDenied", 403)

    def test_an_external_id_is_asked_for(self, iam: Any, sts: Any) -> None:
        statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "42"}}}  # fmt: skip
        arn = iam.create_role(RoleName="job", AssumeRolePolicyDocument=policy(statement))["Role"]["Arn"]
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="me") == ("AccessDenied", 403)
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="me", ExternalId="43") == ("AccessDenied", 403)
        sts.assume_role(RoleArn=arn, RoleSessionName="me", ExternalId="42")

    def test_a_session_needs_its_token(self, services: lab.Services, sts: Any) -> None:
        found = sts.assume_role(RoleArn=services.role, RoleSessionName="me")["Credentials"]
        for token in (None, "x" + found["SessionToken"]):
            own = boto3.client(
                "s3", aws_access_key_id=found["AccessKeyId"], aws_secret_access_key=found["SecretAccessKey"],
                aws_session_token=token,
            )  # fmt: skip
            with pytest.raises(ClientError, match="InvalidAccessKeyId|InvalidToken"):
                own.list_buckets()

    def test_a_session_policy_narrows(self, services: lab.Services, sts: Any) -> None:
        services.seed(s3={"lake": {"a": b"1"}})
        found = sts.assume_role(RoleArn=services.role, RoleSessionName="me", Policy=READ)["Credentials"]
        s3 = signed("s3", found)
        assert s3.get_object(Bucket="lake", Key="a")["Body"].read() == b"1"
        assert refused(s3.put_object, Bucket="lake", Key="a", Body=b"2") == ("AccessDenied", 403)


class TestRefusals:
    """What the lab does not do"""

    @pytest.mark.parametrize(("service", "operation", "arguments"), [
        ("iam", "create_group", {"GroupName": "g"}), ("iam", "list_groups", {}), ("iam", "create_login_profile", {"UserName": "candidate", "Password": "x" * 12}),
        ("iam", "create_saml_provider", {"Name": "p", "SAMLMetadataDocument": "x" * 1000}), ("iam", "get_account_summary", {}),
        ("iam", "list_account_aliases", {}), ("iam", "tag_role", {"RoleName": "wrenfield", "Tags": []}),
        ("iam", "put_role_permissions_boundary", {"RoleName": "wrenfield", "PermissionsBoundary": "a" * 20}),
        ("iam", "create_instance_profile", {"InstanceProfileName": "p"}), ("sts", "get_session_token", {}),
        ("sts", "get_federation_token", {"Name": "ana"}), ("sts", "decode_authorization_message", {"EncodedMessage": "x"}),
    ])  # fmt: skip
    def test_an_operation_says_so(self, client: Any, service: str, operation: str, arguments: Any) -> None:
        with pytest.raises(ClientError, match=f"The lab does not do [A-Za-z]+ of {service}") as error:
            getattr(client(service), operation)(**arguments)
        assert error.value.response["Error"]["Code"] == "NotImplemented"

    def test_a_boundary_of_a_new_role_says_so(self, iam: Any) -> None:
        with pytest.raises(ClientError, match="The lab does not"):
            iam.create_role(
                RoleName="r",
                AssumeRolePolicyDocument=GLUE,
                PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess",
            )


ASSUME = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})


class made_user:  # noqa: N801
    """A user with a key and, where given, an inline policy. Called, it gives the user's client of a service."""

    def __init__(self, iam: Any, name: str, document: str = "") -> None:
        self.arn = iam.create_user(UserName=name)["User"]["Arn"]
        self.key = iam.create_access_key(UserName=name)["AccessKey"]
        if document:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)

    def __call__(self, service: str) -> Any:
        return signed(service, self.key)


def signed(service: str, key: dict[str, str]) -> Any:
    """A client with a key or a session."""
    return held_to_the_model(boto3.client(
        service, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
    ))  # fmt: skip
