"""IAM: users, access keys, roles and policies, which ministack enforces on every request of the lab.

What is not among the operations here, groups, devices and identity providers for some, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from groundschool.lab import forms, identities, policies
from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.stores import of_module

NAME = "iam"
RIGHTS = ("iam:*",)
ROLE_RIGHTS: Sequence[str] = ()
OWN_RIGHTS = False
PRINCIPAL = ""
DENIED = "InvalidClientTokenId"
OPERATIONS = frozenset(
    f"{verb}{noun}"
    for noun, verbs in {
        "User": "Create Get Delete",
        "Users": "List",
        "AccessKey": "Create Update Delete",
        "AccessKeys": "List",
        "Role": "Create Get Update Delete",
        "Roles": "List",
        "AssumeRolePolicy": "Update",
        "RolePolicy": "Put Get Delete Attach Detach",
        "RolePolicies": "List",
        "AttachedRolePolicies": "List",
        "UserPolicy": "Put Get Delete Attach Detach",
        "UserPolicies": "List",
        "AttachedUserPolicies": "List",
        "Policy": "Create Get Delete",
        "Policies": "List",
        "PolicyVersions": "List",
        "PolicyVersion": "Create Get Delete",
        "EntitiesForPolicy": "List",
        "PrincipalPolicy": "Simulate",
    }.items()
    for verb in verbs.split()
)

OF_CALLER = ("GetUser", "CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey")
NAMES = {"UserName": 64, "RoleName": 64, "PolicyName": 128}
MOST_KEYS = 2


def operation(asked: Asked) -> str:
    """See `Service`."""
    return forms.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    fields = forms.fields(asked)
    if operation in OF_CALLER and "UserName" not in fields:
        asked = forms.with_field(asked, "UserName", _caller())
        fields = forms.fields(asked)
    _check_fields(fields)
    _check_documents(operation, fields)
    _check_state(operation, fields)
    return await stock(asked)


def _caller() -> str:
    from ministack.core.iam_evaluator import caller_arn

    sort, _, name = str(caller_arn()).rpartition(":")[2].partition("/")
    if sort != "user":
        raise Refused(400, "ValidationError", "Must specify userName when calling with non-User credentials")
    return name.rpartition("/")[2]


def _check_fields(fields: Mapping[str, str]) -> None:
    if "PermissionsBoundary" in fields:
        raise Refused(400, "NotImplemented", "The lab does not keep permissions boundaries.")
    for field, longest in NAMES.items():
        if field in fields and not re.fullmatch(rf"[\w+=,.@-]{{1,{longest}}}", fields[field], re.ASCII):
            words = "It must contain only alphanumeric characters and/or the following: +=,.@_-"
            name = field[0].lower() + field[1:]
            raise Refused(400, "ValidationError", f"The specified value for {name} is invalid. {words}")


def _check_documents(operation: str, fields: Mapping[str, str]) -> None:
    trusts = operation == "UpdateAssumeRolePolicy"
    given = {
        "PolicyDocument": policies.Kind.TRUST if trusts else policies.Kind.IDENTITY,
        "AssumeRolePolicyDocument": policies.Kind.TRUST,
    }
    for field, kind in given.items():
        if field in fields:
            policies.refuse_malformed(fields[field], kind, "MalformedPolicyDocument", identities.exists)


def _check_state(operation: str, fields: Mapping[str, str]) -> None:
    """Raises Refused for what IAM refuses by what there is, and ministack does."""
    from ministack.services import iam

    user, policy = fields.get("UserName", ""), fields.get("PolicyArn", "")
    if operation in ("AttachRolePolicy", "AttachUserPolicy") and not iam.policy_known(policy):
        raise Refused(404, "NoSuchEntity", f"Policy {policy} does not exist or is not attachable.")
    if operation == "DeleteUser" and iam._user_inline_policies.get(user):
        raise Refused(409, "DeleteConflict", "Cannot delete entity, must delete policies first.")
    keys = [key for key in iam._access_keys.values() if key["UserName"] == user]
    if operation == "CreateAccessKey" and len(keys) >= MOST_KEYS:
        raise Refused(409, "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}")


error = forms.error


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    from ministack.services import iam

    return of_module(iam)


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed iam: its own operations make what is needed.")
