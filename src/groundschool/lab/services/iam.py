"""IAM: users, access keys, roles and policies, which ministack enforces on every request of the lab.

What is not among the operations here, groups, devices and identity providers for some, is refused.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from groundschool.lab import forms
from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.stores import of_module

NAME = "iam"
RIGHTS = ("iam:*",)
ROLE_RIGHTS: Sequence[str] = ()
PRINCIPAL = ""
DENIED = "InvalidClientTokenId"
OPERATIONS = frozenset(
    f"{verb}{noun}"
    for noun, verbs in {
        "User": "Create Get Delete", "Users": "List", "AccessKey": "Create Update Delete", "AccessKeys": "List",
        "Role": "Create Get Update Delete", "Roles": "List", "AssumeRolePolicy": "Update",
        "RolePolicy": "Put Get Delete Attach Detach", "RolePolicies": "List", "AttachedRolePolicies": "List",
        "UserPolicy": "Put Get Delete Attach Detach", "UserPolicies": "List", "AttachedUserPolicies": "List",
        "Policy": "Create Get Delete", "Policies": "List", "PolicyVersions": "List",
        "PolicyVersion": "Create Get Delete", "EntitiesForPolicy": "List", "PrincipalPolicy": "Simulate",
    }.items()
    for verb in verbs.split()
)  # fmt: skip


def operation(asked: Asked) -> str:
    """See `Service`."""
    return forms.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    return await stock(asked)


error = forms.error


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    from ministack.services import iam

    return of_module(iam)


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed iam: its own operations make what is needed.")
