"""The objects that ministack's S3 holds, for the services that read and write them. Who may is asked before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def held(bucket: str) -> Mapping[str, Mapping[str, Any]] | None:
    """What is known of a bucket's objects, by their keys; None where there is no such bucket."""
    from ministack.services import s3

    found = s3._buckets.get(bucket)
    # Copied: other requests change it while its caller reads.
    return None if found is None else dict(found["objects"])


def body(bucket: str, key: str) -> bytes | None:
    """The bytes of an object; None where it is not there."""
    from ministack.services import s3

    found = s3._get_object_data(bucket, key)
    return None if found is None else bytes(found)


def put(bucket: str, key: str, content: bytes) -> tuple[int, bytes]:
    """Writes an object; returns S3's status, 200 when it is written, and what S3 says."""
    from ministack.services import s3

    status, _, said = s3._put_object(bucket, key, content, {})
    return status, said


def delete(bucket: str, key: str) -> None:
    """Deletes an object."""
    from ministack.services import s3

    s3._delete_object(bucket, key, {})
