"""The lab's S3 as the files of queries, read and written with the rights of who asked for the query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundschool.engines.trino.failure import Failed
from groundschool.engines.trino.tables import File
from groundschool.lab import objects, rights
from groundschool.lab.service import Asked

DENIED = "(Service: Amazon S3; Status Code: 403; Error Code: AccessDenied)"


class Objects:
    """`tables.Files` of one caller."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def list(self, location: str) -> Sequence[File]:
        bucket, prefix = split(location)
        context = {"s3:prefix": prefix}
        if not rights.allows(self._asked, "s3:ListBucket", f"arn:aws:s3:::{bucket}", context):
            raise Failed("PERMISSION_DENIED", f"Access denied when listing objects of {location} {DENIED}")
        held = _held(bucket, location)
        return [File(f"s3://{bucket}/{key}", int(held[key]["size"])) for key in sorted(held) if key.startswith(prefix)]

    def read(self, path: str) -> bytes:
        bucket, key = split(path)
        if not rights.allows(self._asked, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"):
            raise Failed("PERMISSION_DENIED", f"Access denied when reading {path} {DENIED}")
        found = objects.body(bucket, key)
        if found is None:
            raise Failed("HIVE_CANNOT_OPEN_SPLIT", f"Error opening Hive split {path}: the object is not there any more")
        return found

    def write(self, path: str, content: bytes) -> None:
        bucket, key = split(path)
        if not rights.allows(self._asked, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}"):
            words = (
                f"Access denied when writing output to url: {path}. Please ensure you are allowed "
                "to access the S3 bucket"
            )
            raise Failed("", f"{words} {DENIED}")
        _held(bucket, path)
        status, body = objects.put(bucket, key, content)
        if status != 200:
            raise Failed("", f"The output could not be written to {path}: {body[:200]!r}")


def _held(bucket: str, location: str) -> Mapping[str, Any]:
    """The objects of a bucket by their keys. Raises Failed."""
    found = objects.held(bucket)
    if found is None:
        raise Failed("", f"The specified bucket does not exist: {location} (Service: Amazon S3; Status Code: 404)")
    return found


def exists(bucket: str) -> bool:
    """Whether there is a bucket of this name."""
    return objects.held(bucket) is not None


def split(location: str) -> tuple[str, str]:
    """Bucket and key of an address."""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bucket, key
