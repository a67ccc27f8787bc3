"""The lab's S3 as stages reach it: with the rights of a role that trusts Snowflake, of a stage's keys, or of the lab's
own role."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from groundschool.engines.snowflake.definitions import SNOWFLAKE_USER
from groundschool.engines.snowflake.failure import Failed
from groundschool.engines.snowflake.objects import Access, Entry
from groundschool.lab import objects, rights, sessions
from groundschool.lab.identities import ROLE_ARN


class Objects:
    """`objects.Storage` over ministack's S3."""

    def list(self, bucket: str, prefix: str, access: Access) -> Sequence[Entry]:
        """See `Storage`."""
        _require(access, "s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix})
        found = _bucket(bucket)
        return [
            Entry(key, int(made["size"]), str(made["etag"]).strip('"'), _moment(made))
            for key, made in sorted(found.items())
            if key.startswith(prefix)
        ]

    def read(self, bucket: str, key: str, access: Access) -> bytes:
        """See `Storage`."""
        _require(access, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        found = objects.body(bucket, key)
        if found is None:
            raise Failed(91016, "22000", f"Remote file 's3://{bucket}/{key}' was not found.")
        return found

    def write(self, bucket: str, key: str, content: bytes, access: Access) -> None:
        """See `Storage`."""
        _require(access, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}")
        _bucket(bucket)
        status, body = objects.put(bucket, key, content)
        if status != 200:
            raise Failed(100064, "22000", f"Failed to write to s3://{bucket}/{key}: {body[:200]!r}")

    def delete(self, bucket: str, key: str, access: Access) -> None:
        """See `Storage`."""
        _require(access, "s3:DeleteObject", f"arn:aws:s3:::{bucket}/{key}")
        objects.delete(bucket, key)

    def check_role(self, role: str) -> None:
        """See `Storage`."""
        from ministack.services import iam

        found: Mapping[str, Any] | None = iam._roles.get(role.rpartition("/")[2])
        if found is None or not (role == ROLE_ARN or _trusts(found.get("AssumeRolePolicyDocument"))):
            words = f"User: {SNOWFLAKE_USER} is not authorized to perform: sts:AssumeRole on resource: {role}"
            raise Failed(3167, "42501", f"Error assuming AWS_ROLE:\n{words}")

    def queue(self, bucket: str) -> str:
        """See `Storage`."""
        from groundschool.lab.services.snowflake import events

        return events.queue(bucket)


def _bucket(bucket: str) -> Mapping[str, Any]:
    found = objects.held(bucket)
    if found is None:
        raise Failed(
            100161, "22000", f"Failure using stage area. Cause: [The specified bucket does not exist: {bucket}]"
        )
    return found


def _moment(made: Mapping[str, Any]) -> dt.datetime:
    found = dt.datetime.fromisoformat(str(made["last_modified"]).replace("Z", "+00:00"))
    return found.astimezone(dt.UTC).replace(tzinfo=None) if found.tzinfo else found


def _require(access: Access, action: str, resource: str, context: Mapping[str, Any] | None = None) -> None:
    """Raises Failed where whoever the access stands for may not do this."""
    if access.key:
        words = _of_keys(access, action, resource, context)
    else:
        acting = _session(access.role or ROLE_ARN)
        try:
            words = acting.denies(action, resource, context)
        finally:
            sessions.ended(acting)
    if words:
        raise Failed(100161, "22000", f"Failure using stage area. Cause: [Access Denied (Status Code: 403; {words})]")


def _of_keys(access: Access, action: str, resource: str, context: Mapping[str, Any] | None) -> str:
    from ministack.services import iam, sts

    known = iam._access_keys.get(access.key) or sts._sessions.get(access.key)
    if known is None or known.get("SecretAccessKey") != access.secret:
        return "The AWS Access Key Id you provided does not exist in our records, or its secret is another"
    return rights.denial(access.key, action, resource, context)


def _session(role: str) -> sessions.Session:
    return sessions.taken(role, SNOWFLAKE_USER, "snowflake")


def _trusts(document: Any) -> bool:
    """Whether a role's trust names Snowflake's user."""
    statements = (json.loads(document) if isinstance(document, str) else document or {}).get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        named = principal.get("AWS", []) if isinstance(principal, dict) else principal
        named = [named] if isinstance(named, str) else named or []
        actions = statement.get("Action", [])
        of_action = {"sts:AssumeRole", "sts:*", "*"} & set([actions] if isinstance(actions, str) else actions)
        if statement.get("Effect") == "Allow" and of_action and {SNOWFLAKE_USER, "*"} & set(named):
            return True
    return False
