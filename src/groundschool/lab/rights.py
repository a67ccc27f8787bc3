"""What the caller of a request may do, asked of ministack's IAM for services that name their resources themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundschool.lab.service import REGION, Asked, Refused


def require(asked: Asked, action: str, resources: Sequence[str], context: Mapping[str, Any] | None = None) -> None:
    """Raises Refused, in AWS's words, when the caller may not do `action`, such as "glue:GetTable", to one of them."""
    for resource in resources:
        if words := denial(_key(asked), action, resource, context):
            raise Refused(400, "AccessDeniedException", words)


def allows(asked: Asked, action: str, resource: str, context: Mapping[str, Any] | None = None) -> bool:
    """Whether the caller may do `action` to a resource; `context` holds values of condition keys."""
    return not denial(_key(asked), action, resource, context)


def caller(asked: Asked) -> str:
    """The ARN of who asks."""
    from ministack.core.iam_evaluator import request_caller_arn

    return str(request_caller_arn(dict(asked.headers), dict(asked.query)))


def denial(key: str, action: str, resource: str, context: Mapping[str, Any] | None = None) -> str:
    """Why whoever has this access key may not do `action` to `resource`, in AWS's words; empty when they may."""
    from ministack.core.iam_actions import identity_denial_message
    from ministack.core.iam_evaluator import enforce

    service = action.partition(":")[0]
    denied = enforce(key, action, service, REGION, resource_arn=resource, service_context=dict(context or {}))
    if denied is None:
        return ""
    explicit = getattr(denied, "decision", "") == "Deny"
    who = getattr(denied, "principal_arn", "") or "unknown"
    return str(identity_denial_message(action, who, resource, explicit))


def _key(asked: Asked) -> str:
    from ministack.core.router import extract_access_key_id

    return str(extract_access_key_id(dict(asked.headers), dict(asked.query)))
