"""S3: buckets and objects in memory, by ministack, with the refusals of the real service that it lacks.

Object lock, archives, ACLs, KMS, websites, events and life cycles are not here; a request that names one is refused.
What is refused by the request alone is in `arguments`, uploads in parts are in `uploads`, policies of buckets in
`rights`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import escape

from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.services.s3 import arguments, notifications, rights, uploads
from groundschool.lab.stores import of_module

NAME = "s3"
RIGHTS = ("s3:*",)
ROLE_RIGHTS = ("s3:*",)
OWN_RIGHTS = False
PRINCIPAL = ""
DENIED = "InvalidAccessKeyId"

ON_BUCKET = {
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
    "HEAD": "HeadBucket",
    "GET": "ListObjects",
    "GET list-type": "ListObjectsV2",
    "GET versions": "ListObjectVersions",
    "GET uploads": "ListMultipartUploads",
    "GET location": "GetBucketLocation",
    "POST delete": "DeleteObjects",
    "GET encryption": "GetBucketEncryption",
    "PUT policy": "PutBucketPolicy",
    "GET policy": "GetBucketPolicy",
    "DELETE policy": "DeleteBucketPolicy",
    "PUT tagging": "PutBucketTagging",
    "GET tagging": "GetBucketTagging",
    "DELETE tagging": "DeleteBucketTagging",
    "PUT versioning": "PutBucketVersioning",
    "GET versioning": "GetBucketVersioning",
    "PUT notification": "PutBucketNotificationConfiguration",
    "GET notification": "GetBucketNotificationConfiguration",
}
ON_OBJECT = {
    "PUT": "PutObject",
    "GET": "GetObject",
    "HEAD": "HeadObject",
    "DELETE": "DeleteObject",
    "GET attributes": "GetObjectAttributes",
    "POST uploads": "CreateMultipartUpload",
    "PUT uploadId": "UploadPart",
    "GET uploadId": "ListParts",
    "POST uploadId": "CompleteMultipartUpload",
    "DELETE uploadId": "AbortMultipartUpload",
    "PUT tagging": "PutObjectTagging",
    "GET tagging": "GetObjectTagging",
    "DELETE tagging": "DeleteObjectTagging",
}
COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}
OPERATIONS = frozenset({"ListBuckets", *ON_BUCKET.values(), *ON_OBJECT.values(), *COPIES.values()})
ENCRYPTED = frozenset(
    {
        "PutObject",
        "CopyObject",
        "GetObject",
        "HeadObject",
        "CreateMultipartUpload",
        "UploadPart",
        "UploadPartCopy",
        "CompleteMultipartUpload",
    }
)
SIZES = ("max-keys", "max-parts", "max-uploads")
MOST_LISTED = 1000
# What a query says besides which operation is meant.
DETAILS = frozenset(
    {
        "prefix",
        "delimiter",
        "max-keys",
        "marker",
        "continuation-token",
        "start-after",
        "fetch-owner",
        "encoding-type",
        "key-marker",
        "version-id-marker",
        "upload-id-marker",
        "max-uploads",
        "max-parts",
        "part-number-marker",
        "partNumber",
        "versionId",
        "x-id",
        "max-buckets",
        "bucket-region",
    }
)
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# Names under which ministack answers something else than S3; no bucket is called so here.
TAKEN = ("iceberg", "health", "v20180820", "environments")


def operation(asked: Asked) -> str:
    """See `Service`."""
    bucket, _, key = asked.path.removeprefix("/").partition("/")
    if asked.path != "/" and not BUCKET.fullmatch(bucket):
        raise Refused(400, "InvalidBucketName", "The specified bucket is not valid.", BucketName=bucket[:80])
    if bucket.startswith(TAKEN):
        raise Refused(400, "InvalidBucketName", f"The lab has no bucket whose name begins with {', '.join(TAKEN)}.")
    named = " ".join([asked.method, *(name for name in asked.query if not _is_detail(name))])
    known = ON_OBJECT if key else ON_BUCKET if bucket else {"GET": "ListBuckets"}
    found = known.get(named)
    if found is None:
        raise Refused(501, "NotImplemented", f"The lab does not do {named!r} on {'an object' if key else 'a bucket'}.")
    return COPIES.get(found, found) if "x-amz-copy-source" in asked.headers else found


def _is_detail(name: str) -> bool:
    return name in DETAILS or name.lower().startswith(("x-amz-", "response-"))


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    arguments.check(asked, operation)
    if operation == "CompleteMultipartUpload":
        uploads.check(asked)
    if operation == "PutBucketNotificationConfiguration":
        notifications.check(asked)
    if operation == "PutBucketPolicy":
        rights.check_policy(asked)
    status, headers, body = await stock(_limited(asked))
    if status == 404 and operation in ("GetObject", "HeadObject"):
        rights.hide_missing(asked)
    if status < 300:
        _add_headers(asked, operation, headers)
    return status, headers, body


def _limited(asked: Asked) -> Asked:
    """The same request for at most a thousand entries: a larger number is no mistake, and gives no more."""
    sizes = {name: [str(MOST_LISTED)] for name in SIZES if name in asked.query and int(asked.first(name)) > MOST_LISTED}
    return replace(asked, query={**asked.query, **sizes}) if sizes else asked


def _add_headers(asked: Asked, operation: str, headers: dict[str, str]) -> None:
    """Adds what S3 says of every object and ministack leaves out: its encryption, and the checksum that was stored."""
    if operation in ENCRYPTED:
        headers.setdefault("x-amz-server-side-encryption", "AES256")
    if operation == "PutObject":
        from ministack.services import s3

        bucket, _, key = asked.path.removeprefix("/").partition("/")
        for algorithm, value in (s3._buckets[bucket]["objects"][key].get("checksums") or {}).items():
            headers[f"x-amz-checksum-{algorithm.lower()}"] = value
            headers["x-amz-checksum-type"] = "FULL_OBJECT"


def error(refused: Refused) -> Answer:
    """See `Service`."""
    fields = {"Code": refused.code, "Message": str(refused), **refused.fields}
    text = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return refused.status, {"content-type": "application/xml"}, f"<Error>{text}</Error>".encode()


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    from ministack.services import s3

    notifications.tell_at_once()
    return of_module(s3, "_olap_requests")


def seed(content: dict[str, dict[str, str]]) -> None:
    """Buckets by name, each with its objects' bodies in base64 by key; buckets that are there already keep what they
    hold."""
    from ministack.services import s3

    for bucket, objects in content.items():
        _done(bucket, s3._create_bucket(bucket, b"", {}))
        for key, body in objects.items():
            _done(f"{bucket}/{key}", s3._put_object(bucket, key, base64.b64decode(body), {}))


def _done(what: str, found: Answer) -> None:
    if found[0] != 200:
        reason = re.search("<Code>(.*?)</Code>.*?<Message>(.*?)</Message>", found[2].decode())
        raise Refused(400, "", f"The lab does not seed {what}: {': '.join(reason.groups()) if reason else found[0]}")
