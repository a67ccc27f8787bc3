"""A service acting for somebody: sessions of roles that trust it, as AWS's services take them to do their work.

Trust is read here: ministack takes a service's principal for the account's root.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from groundschool.lab import rights
from groundschool.lab.service import ACCOUNT, REGION, Asked, Refused

SECONDS = 3600


@dataclass(frozen=True)
class Session:
    """Credentials of a role, and the ARN of who acts with them."""

    key: str
    secret: str
    token: str
    arn: str

    def denies(self, action: str, resource: str, context: Mapping[str, Any] | None = None) -> str:
        """Why the role may not do `action` to `resource`; empty when it may."""
        return rights.denial(self.key, action, resource, context)


def assumed(role: str, service: str, source: str, name: str) -> Session:
    """A session of the role with this ARN, taken by `service` ("glue.amazonaws.com") for the resource `source`. Raises
    Refused when there is no such role, or it does not trust the service there."""
    if not _trusts(_found(role).get("AssumeRolePolicyDocument", ""), service, source):
        words = f"Service is unable to assume provided role. Please verify role's TrustPolicy: {role}"
        raise Refused(400, "InvalidInputException", words)
    return taken(role, service, name)


def taken(role: str, source: str, name: str) -> Session:
    """A session of the role with this ARN for `source`, which it trusts. Raises Refused when there is no such role."""
    from ministack.services import sts

    _found(role)
    short = role.rpartition("/")[2]
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{short}/{name}"
    session = Session(f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(20), secrets.token_urlsafe(96), arn)
    sts.register_session(
        session.key,
        {
            "Arn": arn,
            "UserId": f"{_found(role).get('RoleId', '')}:{name}",
            "AccountId": ACCOUNT,
            "SecretAccessKey": session.secret,
            "SessionToken": session.token,
            "PrincipalType": "AssumedRole",
            "Expiration": time.time() + SECONDS,
            "SourceAccessKeyId": "",
            "SourcePrincipalArn": source,
            "SessionTags": [],
            "SessionPolicies": None,
        },
    )
    return session


def ended(session: Session) -> None:
    """Gives a session up: its credentials open nothing from now on."""
    from ministack.services import sts

    sts._sessions.pop(session.key, None)


def arn_of(role: str) -> str:
    """The ARN of a role that is named by its ARN or its name. Raises Refused when there is none."""
    found = str(_found(role)["Arn"])
    if role.startswith("arn:") and role != found:
        raise _missing(role)
    return found


def require_pass(asked: Asked, role: str, service: str) -> None:
    """Raises Refused when the caller may not hand the role with this ARN to `service`."""
    rights.require(asked, "iam:PassRole", [role], {"iam:PassedToService": service})


def _found(role: str) -> Mapping[str, Any]:
    from ministack.services import iam

    found: Mapping[str, Any] | None = iam._roles.get(role.rpartition("/")[2])
    if found is None:
        raise _missing(role)
    return found


def _missing(role: str) -> Refused:
    return Refused(400, "InvalidInputException", f"The role {role} cannot be found.")


def _trusts(document: Any, service: str, source: str) -> bool:
    from ministack.core.iam_evaluator import EvalContext, _action_matches, _conditions_met

    keys = {"aws:sourceaccount": ACCOUNT, "aws:sourcearn": source}
    context = EvalContext(service, "Service", ACCOUNT, "sts:AssumeRole", "*", REGION, service_context=keys)
    statements = (json.loads(document) if isinstance(document, str) else document).get("Statement", [])
    effects = set()
    for statement in [statements] if isinstance(statements, dict) else statements:
        of_action = _action_matches("sts:AssumeRole", _list(statement.get("Action")), _list(statement.get("NotAction")))
        if of_action and _names(statement, service) and _conditions_met(statement.get("Condition", {}), context):
            effects.add(statement["Effect"])
    return effects == {"Allow"}


def _names(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    if principal is None:  # NotPrincipal
        return service not in _services(statement.get("NotPrincipal"))
    return principal == "*" or service in _services(principal)


def _services(principal: Any) -> list[str]:
    return _list(principal.get("Service")) if isinstance(principal, dict) else []


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else []
