"""What COPY and UNLOAD ask of S3: objects, reached with the rights of a role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from groundschool.engines.redshift.failure import Failed


class Objects(Protocol):
    """The objects that a role may reach. Every call raises Failed where it may not."""

    def list(self, bucket: str, prefix: str) -> Sequence[str]:
        """The keys that begin with a prefix, in order. Raises Failed when there is no such bucket."""

    def read(self, bucket: str, key: str) -> bytes | None:
        """The body of an object; None when it is not there."""

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Puts an object."""

    def delete(self, bucket: str, key: str) -> None:
        """Deletes an object."""


class Storage(Protocol):
    """Where roles are assumed."""

    def assumed(self, role: str) -> Objects:
        """The objects as the role with this ARN reaches them. Raises Failed when it cannot be assumed."""


def split(address: str) -> tuple[str, str]:
    """Bucket and key of an address. Raises Failed for one that is not of S3."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    if not address.startswith("s3://"):
        raise Failed("0A000", f"The lab does not read from {address.partition(':')[0]}; it reads from s3://.")
    if not bucket:
        raise Failed("XX000", "The S3 bucket name is missing")
    return bucket, key
