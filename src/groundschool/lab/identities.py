"""Who there is in a new lab: the candidate, a user with the services' rights; the examiner, its root; one role."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from groundschool.lab import managed
from groundschool.lab.access import Key
from groundschool.lab.service import ACCOUNT
from groundschool.lab.services import services

CANDIDATE = "candidate"
ROLE = "wrenfield"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"


def admit(candidate: Key, examiner: Key) -> None:
    """Makes them in ministack, which is loaded and empty."""
    from ministack.services import sts

    managed.add()
    asyncio.run(_admit(candidate))
    # A session of the root: no policy of a candidate's keeps it out, it is in no listing, and its signature is
    # checked, which ministack does not do for the root's own key.
    sts._sessions[examiner.id] = {
        "Arn": f"arn:aws:iam::{ACCOUNT}:root",
        "AccountId": ACCOUNT,
        "UserId": ACCOUNT,
        "PrincipalType": "Root",
        "SecretAccessKey": examiner.secret,
    }


async def _admit(candidate: Key) -> None:
    from ministack.services import iam

    rights = [action for service in services().values() for action in service.RIGHTS]
    await _asked("CreateUser", UserName=CANDIDATE)
    await _asked("PutUserPolicy", UserName=CANDIDATE, PolicyName="lab", PolicyDocument=_allowing(rights))
    # Its own operation makes up a key; here a lab that is started again has the keys of the one before.
    iam._access_keys[candidate.id] = {
        "UserName": CANDIDATE,
        "AccessKeyId": candidate.id,
        "SecretAccessKey": candidate.secret,
        "Status": "Active",
        "CreateDate": "2026-01-01T00:00:00Z",
    }
    await _asked("CreateRole", RoleName=ROLE, AssumeRolePolicyDocument=_trusting())
    rights = [action for service in services().values() for action in service.ROLE_RIGHTS]
    await _asked("PutRolePolicy", RoleName=ROLE, PolicyName="lab", PolicyDocument=_allowing(rights))


async def _asked(action: str, **parameters: str) -> None:
    from ministack.services import iam

    form = {"Action": [action], **{name: [value] for name, value in parameters.items()}}
    status, _, body = await iam.handle_request("POST", "/", {}, b"", form)
    if status != 200:
        raise RuntimeError(f"{action} of ministack answered {status}: {body!r}")


def _allowing(actions: list[str]) -> str:
    return _policy({"Effect": "Allow", "Action": actions, "Resource": "*"})


def _trusting() -> str:
    principals = [service.PRINCIPAL for service in services().values() if service.PRINCIPAL]
    trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:root", **({"Service": principals} if principals else {})}
    return _policy({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"})


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def exists(principal: str) -> bool:
    """Whether a policy may name it: a user or role of this account must be there; others are not the lab's to know."""
    from ministack.services import iam

    if not principal.startswith(f"arn:aws:iam::{ACCOUNT}:") or principal.endswith(":root"):
        return True
    return any(found["Arn"] == principal for store in (iam._users, iam._roles) for found in store.values())
