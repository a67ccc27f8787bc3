"""The grammar of policy documents: what IAM and S3 refuse as malformed, in their words. What a policy allows is not
known here.

From AWS's "IAM JSON policy elements reference".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from groundschool.lab.service import Refused

VERSIONS = ("2012-10-17", "2008-10-17")
FIELDS = ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
ACTION = re.compile(r"\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+")
RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+", re.DOTALL)
SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com")
PERSON = re.compile(r"\*|\d{12}|arn:aws:(iam|sts)::\d{12}:.+")
KINDS = (
    "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike "
    "NumericEquals "
    "NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals DateEquals "
    "DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals Bool BinaryEquals IpAddress "
    "NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike"
)
OPERATOR = re.compile(rf"Null|((ForAllValues|ForAnyValue):)?({KINDS.replace(' ', '|')})(IfExists)?")


class Kind(StrEnum):
    """Where a document stands, which decides whom and what it may name."""

    IDENTITY = "attached to a user or a role"
    TRUST = "the trust of a role"
    BUCKET = "on a bucket"


class NotDone(ValueError):
    """A document of which the lab would not do what it says. Told by the service as its own error."""


class Malformed(ValueError):
    """What is wrong with a document. Told by the service as its own error."""


def check(text: str, kind: Kind, exists: Callable[[str], bool] = lambda arn: True) -> None:
    """Raises Malformed for a document that breaks the grammar, or names a principal of whom `exists` is false;
    NotDone."""
    if "${" in text:
        raise NotDone("The lab does not resolve variables of policies, such as ${aws:username}.")
    try:
        document = json.loads(text)
    except ValueError:
        raise Malformed("This policy contains invalid Json") from None
    if not isinstance(document, dict) or not {"Version", "Id", "Statement"} >= set(document):
        raise Malformed("Syntax errors in policy.")
    if document.get("Version", VERSIONS[1]) not in VERSIONS:
        raise Malformed("The policy must contain a valid version string")
    statements = document.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        raise Malformed("Syntax errors in policy.")
    for statement in statements:
        _statement(statement, kind, exists)
    names = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(names) != len(set(names)):
        raise Malformed("Statement IDs (SID) in a single policy must be unique.")


def _statement(statement: Any, kind: Kind, exists: Callable[[str], bool]) -> None:
    if not isinstance(statement, dict) or not set(FIELDS) >= set(statement):
        raise Malformed("Syntax errors in policy.")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise Malformed("Policy statement must have an effect of Allow or Deny.")
    for action in _one_of(statement, "Action", "NotAction", "Policy statement must contain actions."):
        if not ACTION.fullmatch(action):
            raise Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    if kind is Kind.TRUST:
        if "Resource" in statement or "NotResource" in statement:
            raise Malformed("Has prohibited field Resource")
    else:
        for resource in _one_of(statement, "Resource", "NotResource", "Policy statement must contain resources."):
            if not RESOURCE.fullmatch(resource):
                raise Malformed(f'Resource {resource} must be in ARN format or "*".')
    _principal(statement, kind, exists)
    _condition(statement.get("Condition", {}))


def _one_of(statement: Mapping[str, Any], name: str, opposite: str, missing: str) -> list[str]:
    if (name in statement) == (opposite in statement):
        raise Malformed(missing if name not in statement else "Syntax errors in policy.")
    found = _texts(statement.get(name, statement.get(opposite)))
    if not found:
        raise Malformed(missing)
    return found


def _texts(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise Malformed("Syntax errors in policy.")
    return texts


def _principal(statement: Mapping[str, Any], kind: Kind, exists: Callable[[str], bool]) -> None:
    given = "Principal" in statement or "NotPrincipal" in statement
    if kind is Kind.IDENTITY:
        if given:
            raise Malformed("Policy document should not specify a principal.")
        return
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if not given or not (principal == "*" or (isinstance(principal, dict) and principal)):
        raise Malformed("Missing required field Principal")
    for sort, names in principal.items() if isinstance(principal, dict) else ():
        for name in _texts(names):
            known = {"AWS": PERSON, "Service": SERVICE}.get(sort)
            if known is None or not known.fullmatch(name) or not exists(name):
                raise Malformed(f'Invalid principal in policy: "{sort}":"{name}"')


def _condition(condition: Any) -> None:
    if not isinstance(condition, dict):
        raise Malformed("Syntax errors in policy.")
    for operator, keys in condition.items():
        if not OPERATOR.fullmatch(operator):
            raise Malformed(f"Invalid Condition type : {operator}.")
        if not isinstance(keys, dict) or not keys:
            raise Malformed("Syntax errors in policy.")
        for name in keys:
            if ":" not in name:
                raise Malformed(f"Condition key {name} must be prefaced by a vendor.")


def refuse_malformed(text: str, kind: Kind, code: str, exists: Callable[[str], bool] = lambda arn: True) -> None:
    """The same, raising Refused with the service's code for a malformed document."""
    try:
        check(text, kind, exists)
    except Malformed as malformed:
        raise Refused(400, code, str(malformed)) from None
    except NotDone as not_done:
        raise Refused(501, "NotImplemented", str(not_done)) from None
