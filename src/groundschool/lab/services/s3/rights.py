"""Rights in S3 beyond ministack's: what a bucket's policy may say, and that a missing key is no secret to who may
list."""

from __future__ import annotations

import json
from typing import Any

from groundschool.lab import identities, policies
from groundschool.lab.service import REGION, Asked, Refused

ON_OBJECTS = (
    "s3:getobject",
    "s3:putobject",
    "s3:deleteobject",
    "s3:abortmultipartupload",
    "s3:listmultipartuploadparts",
)


def check_policy(asked: Asked) -> None:
    """Raises Refused for a policy that S3 does not put on this bucket."""
    bucket = asked.path.removeprefix("/")
    text = asked.body.decode("utf-8", "replace")
    policies.refuse_malformed(text, policies.Kind.BUCKET, "MalformedPolicy", identities.exists)
    statements = json.loads(text)["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        _check_statement(statement, f"arn:aws:s3:::{bucket}")


def _check_statement(statement: dict[str, Any], arn: str) -> None:
    resources = _list(statement.get("Resource", statement.get("NotResource")))
    actions = [action.lower() for action in _list(statement.get("Action", statement.get("NotAction")))]
    if not all(resource == arn or resource.startswith((f"{arn}/", f"{arn}*")) for resource in resources):
        raise Refused(400, "MalformedPolicy", "Policy has invalid resource")
    if not all(action == "*" or action.startswith("s3:") for action in actions):
        raise Refused(400, "MalformedPolicy", "Policy has invalid action")
    if resources == [arn] and all(action.startswith(ON_OBJECTS) for action in actions):
        raise Refused(400, "MalformedPolicy", "Action does not apply to any resource(s) in statement")


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def hide_missing(asked: Asked) -> None:
    """Raises Refused where a key is missing and the caller may not list the bucket: S3 does not tell it from a
    denial."""
    from ministack.core.iam_evaluator import enforce
    from ministack.core.router import extract_access_key_id

    bucket = asked.path.removeprefix("/").partition("/")[0]
    key = extract_access_key_id(dict(asked.headers), dict(asked.query))
    if enforce(key, "s3:ListBucket", "s3", REGION, resource_arn=f"arn:aws:s3:::{bucket}") is not None:
        raise Refused(403, "AccessDenied", "Access Denied")
