"""What S3 refuses when an upload in parts is completed, and ministack completes: order, sizes, empty lists."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from groundschool.lab.service import Asked, Refused

SMALLEST_PART = 5 << 20  # bytes, of every part but the last
MOST_PARTS = 10_000


@dataclass(frozen=True)
class Part:
    """A part as a completion lists it."""

    number: int
    tag: str


def check(asked: Asked) -> None:
    """Raises Refused for a completion that S3 would not do."""
    from ministack.services import s3

    parts = _listed(asked.body)
    if any(later.number <= earlier.number for earlier, later in pairwise(parts)):
        words = "The list of parts was not in ascending order. Parts must be ordered by part number."
        raise Refused(400, "InvalidPartOrder", words, UploadId=asked.first("uploadId"))
    upload = s3._multipart_uploads.get(asked.first("uploadId"))
    if upload is None:
        return  # one that is completed, or was never there: ministack tells them apart
    for part in parts:
        sent = upload["parts"].get(part.number)
        if sent is None or sent["etag"].strip('"') != part.tag:
            return  # ministack answers InvalidPart
    for part in parts[:-1]:
        _large_enough(part, upload["parts"][part.number])


def _large_enough(part: Part, sent: dict[str, Any]) -> None:
    if sent["size"] < SMALLEST_PART:
        raise Refused(
            400,
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
            ProposedSize=str(sent["size"]),
            MinSizeAllowed=str(SMALLEST_PART),
            PartNumber=str(part.number),
            ETag=part.tag,
        )


def _listed(body: bytes) -> list[Part]:
    """The parts of a completion, as they stand there. Raises Refused."""
    try:
        found = [_part(element) for element in ElementTree.fromstring(body)]
    except (ElementTree.ParseError, KeyError, ValueError):
        found = []
    if not 0 < len(found) <= MOST_PARTS:
        words = "The XML you provided was not well-formed or did not validate against our published schema"
        raise Refused(400, "MalformedXML", words)
    return found


def _part(element: ElementTree.Element) -> Part:
    fields = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element}
    return Part(int(fields["PartNumber"]), fields["ETag"].strip('"'))
