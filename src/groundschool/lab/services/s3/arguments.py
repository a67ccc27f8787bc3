"""What S3 refuses by the request alone, and what it would take but the lab does not do. Raises Refused."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NoReturn
from urllib.parse import unquote

from groundschool.lab.service import ACCOUNT, REGION, Asked, Refused

LONGEST_KEY = 1024  # bytes
MOST_DELETED = 1000
LARGEST_NUMBER = 2**31 - 1
NUMBERS = ("max-keys", "max-parts", "max-uploads", "part-number-marker")
VERSION = re.compile(r"null|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLASSES = ("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING")
# Beginnings of headers, the values that change nothing, and what the lab would have to do for the others.
NOT_DONE = {
    "x-amz-server-side-encryption-": ((), "encrypt with other keys than S3's own"),
    "x-amz-copy-source-server-side-encryption-": ((), "encrypt with other keys than S3's own"),
    "x-amz-server-side-encryption": (("AES256",), "encrypt with other keys than S3's own"),
    "x-amz-storage-class": (CLASSES, "archive objects"),
    "x-amz-object-lock-": ((), "lock objects"),
    "x-amz-bucket-object-lock-enabled": (("false",), "lock objects"),
    "x-amz-object-ownership": (("BucketOwnerEnforced",), "keep access control lists"),
    "x-amz-website-redirect-location": ((), "serve websites"),
    "x-amz-write-offset-bytes": ((), "append to objects"),
    "x-amz-mfa": ((), "know devices"),
}
SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/")


def check(asked: Asked, operation: str) -> None:
    """Raises Refused for a request that S3, or the lab, does not take as it stands."""
    _region(asked)
    _not_done(asked)
    _numbers(asked)
    _owner(asked)
    key = asked.path.removeprefix("/").partition("/")[2]
    if len(key.encode()) > LONGEST_KEY:
        size = {"Size": str(len(key.encode())), "MaxSizeAllowed": str(LONGEST_KEY)}
        raise Refused(400, "KeyTooLongError", "Your key is too long", **size)
    if asked.first("versionId") and not VERSION.fullmatch(asked.first("versionId")):
        _invalid("versionId", asked.first("versionId"), "Invalid version id specified")
    if operation in CHECKS:
        CHECKS[operation](asked)


def _invalid(name: str, value: str, words: str) -> NoReturn:
    raise Refused(400, "InvalidArgument", words, ArgumentName=name, ArgumentValue=value)


def _region(asked: Asked) -> None:
    scope = SCOPE.search(asked.headers.get("authorization", "") or f"Credential={asked.first('X-Amz-Credential')}")
    if scope and scope[1] != REGION:
        words = f"The authorization header is malformed; the region {scope[1]!r} is wrong; expecting {REGION!r}"
        raise Refused(400, "AuthorizationHeaderMalformed", words, Region=REGION)


def _not_done(asked: Asked) -> None:
    given = {**asked.headers, **{name.lower(): values[0] for name, values in asked.query.items()}}
    for name, value in given.items():
        for beginning, (harmless, what) in NOT_DONE.items():
            same = name.startswith(beginning) if beginning.endswith("-") else name == beginning
            if same and value not in harmless:
                raise Refused(501, "NotImplemented", f"The lab does not {what}: {name}: {value[:80]}.")


def _numbers(asked: Asked) -> None:
    for name in NUMBERS:
        value = asked.first(name)
        if name in asked.query and not (value.isascii() and value.isdigit() and int(value) <= LARGEST_NUMBER):
            _invalid(name, value, f"Provided {name} not an integer or within integer range")


def _owner(asked: Asked) -> None:
    if asked.headers.get("x-amz-expected-bucket-owner", ACCOUNT) != ACCOUNT:
        raise Refused(403, "AccessDenied", "Access Denied")
    if asked.headers.get("x-amz-source-expected-bucket-owner", ACCOUNT) != ACCOUNT:
        raise Refused(403, "AccessDenied", "Access Denied")


def _one_region(asked: Asked) -> None:
    constraint = re.search(rb"<LocationConstraint>(.*?)</LocationConstraint>", asked.body)
    if constraint and constraint[1].decode("latin-1") != REGION:  # S3 itself refuses that one
        raise Refused(501, "NotImplemented", f"The lab does not have another region than {REGION}.")


def _token(asked: Asked) -> None:
    token = asked.first("continuation-token")
    try:
        base64.b64decode(token, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        _invalid("continuation-token", token, "The continuation token provided is incorrect")


def _deletions(asked: Asked) -> None:
    if asked.body.count(b"<Object>") > MOST_DELETED:
        raise Refused(400, "MalformedXML", "The XML you provided was not well-formed or did not validate.")


def _star(asked: Asked) -> None:
    if asked.headers.get("if-none-match", "*") != "*":
        words = "A header you provided implies functionality that is not implemented"
        raise Refused(501, "NotImplemented", words, Header="If-None-Match")


def _onto_itself(asked: Asked) -> None:
    """A copy of an object onto itself must change something."""
    source = unquote(asked.headers.get("x-amz-copy-source", "")).removeprefix("/")
    changes = ("x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-website-redirect-location")
    replaces = "REPLACE" in (
        asked.headers.get("x-amz-metadata-directive"),
        asked.headers.get("x-amz-tagging-directive"),
    )
    if source == asked.path.removeprefix("/") and not replaces and not any(name in asked.headers for name in changes):
        words = (
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes."
        )
        raise Refused(400, "InvalidRequest", words)
    _star(asked)


CHECKS = {
    "CreateBucket": _one_region,
    "ListObjectsV2": _token,
    "DeleteObjects": _deletions,
    "PutObject": _star,
    "CompleteMultipartUpload": _star,
    "CopyObject": _onto_itself,
}
