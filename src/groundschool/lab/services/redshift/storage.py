"""The lab's S3 as COPY and UNLOAD reach it: with the rights of a role that Redshift assumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundschool.engines.redshift.failure import Failed
from groundschool.lab import objects, sessions
from groundschool.lab.service import ACCOUNT, REGION, Refused

PRINCIPAL = "redshift.amazonaws.com"
CLUSTER = f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:wrenfield"
DENIED = "S3ServiceException:Access Denied,Status 403,Error AccessDenied"


class Roles:
    """`storage.Storage` of a user of the database."""

    def __init__(self, user: str) -> None:
        self._user = user

    def assumed(self, role: str) -> Objects:
        """See `storage.Storage`. Serverless has a principal of its own; a role that trusts either will do."""
        for principal in (PRINCIPAL, "redshift-serverless.amazonaws.com"):
            try:
                return Objects(sessions.assumed(role, principal, CLUSTER, "RedshiftIamRoleSession"))
            except Refused:
                continue
        who = f"arn:aws:redshift:{REGION}:{ACCOUNT}:dbuser:wrenfield/{self._user}"
        words = f"User {who} is not authorized to assume IAM Role {role}"
        raise Failed("XX000", words, "The role must exist, and trust the service redshift.amazonaws.com.")


class Objects:
    """`storage.Objects` of a role."""

    def __init__(self, session: sessions.Session) -> None:
        self._session = session

    def _require(self, action: str, resource: str, context: Mapping[str, Any] | None = None) -> None:
        if words := self._session.denies(action, resource, context):
            raise Failed("XX000", DENIED, words)

    def list(self, bucket: str, prefix: str) -> Sequence[str]:
        self._require("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix})
        return sorted(key for key in _held(bucket) if key.startswith(prefix))

    def read(self, bucket: str, key: str) -> bytes | None:
        self._require("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")
        _held(bucket)
        return objects.body(bucket, key)

    def write(self, bucket: str, key: str, body: bytes) -> None:
        self._require("s3:PutObject", f"arn:aws:s3:::{bucket}/{key}")
        _held(bucket)
        status, said = objects.put(bucket, key, body)
        if status != 200:
            raise Failed(
                "XX000", f"S3ServiceException:the object could not be written,Status {status}", repr(said[:200])
            )

    def delete(self, bucket: str, key: str) -> None:
        self._require("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{key}")
        objects.delete(bucket, key)


def _held(bucket: str) -> Mapping[str, Any]:
    """The objects of a bucket by their keys. Raises Failed."""
    found = objects.held(bucket)
    if found is None:
        raise Failed(
            "XX000", "S3ServiceException:The specified bucket does not exist,Status 404,Error NoSuchBucket", bucket
        )
    return found
