"""What S3 tells of new objects: to queues only, and at once, so that what was written has been told of."""

from __future__ import annotations

import re
from typing import Any

from groundschool.lab.service import Asked, Refused

ELSEWHERE = re.compile(rb"<(?:\w+:)?(Topic|CloudFunction|LambdaFunction|EventBridge)Configuration[\s/>]")
EVENTS = re.compile(r"s3:ObjectCreated:(\*|Put|Post|Copy|CompleteMultipartUpload)")


def check(asked: Asked) -> None:
    """Raises Refused for a configuration of other targets than queues, or of other events than new objects."""
    if found := ELSEWHERE.search(asked.body):
        raise Refused(
            501, "NotImplemented", f"The lab does not notify by {found[1].decode()}Configuration: queues only."
        )
    for event in re.findall(r"<(?:\w+:)?Event>\s*([^<]*?)\s*</", asked.body.decode("utf-8", "replace")):
        if not EVENTS.fullmatch(event):
            raise Refused(501, "NotImplemented", f"The lab does not notify of {event[:60]!r}: s3:ObjectCreated:* only.")


def tell_at_once() -> None:
    """ministack tells on a thread of its own, some time later; here the request that made an object does."""
    from ministack.services import s3

    def fire(bucket: str, key: str, event: str, **more: Any) -> None:
        if bucket in s3._bucket_notifications:
            s3._fire_s3_event(bucket, key, event, sequencer=s3._next_event_sequencer(event), **more)

    s3._fire_s3_event_async = fire
