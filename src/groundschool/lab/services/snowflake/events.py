"""Snowflake's queues, one a bucket, and what S3 tells in them: each new object goes to the pipes that are for it.

The lab delivers before each statement: whoever looks finds loaded what had arrived.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import unquote_plus

from groundschool.lab.service import ACCOUNT, REGION

PREFIX = "sf-snowpipe-"
MOST_AT_ONCE = 2_000  # messages before one statement


def queue(bucket: str) -> str:
    """The ARN of the queue for a bucket; made when it is not there."""
    from ministack.services import sqs

    name = PREFIX + hashlib.sha256(bucket.encode()).hexdigest()[:20]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
            }
        ],
    }
    sqs._act_create_queue({"QueueName": name, "Attributes": {"Policy": json.dumps(policy)}}, "")
    return arn


def deliver() -> None:
    """Loads what S3 has told of."""
    from ministack.services import sqs

    from groundschool.engines.snowflake import pipes
    from groundschool.engines.snowflake.session import Session
    from groundschool.lab.services.snowflake import sessions
    from groundschool.lab.services.snowflake.storage import Objects

    addresses = [address for url in _queues(sqs) for address in _heard(sqs, url)]
    if not addresses:
        return
    sessions.own()
    session = Session(sessions.present, Objects(), "SNOWPIPE")
    try:
        session.inside(lambda: pipes.arrived(session, addresses))
    finally:
        session.close()


def _queues(sqs: Any) -> list[str]:
    return [url for url in list(sqs._queues) if str(sqs._queues[url]["name"]).startswith(PREFIX)]


def _heard(sqs: Any, url: str) -> list[str]:
    """The addresses of new objects in a queue, which is read to its end; an address may come twice."""
    found: list[str] = []
    while len(found) < MOST_AT_ONCE:
        messages = sqs._receive_messages_for_esm(url, 10)
        if not messages:
            break
        for message in messages:
            found += _addresses(str(message["body"]))
        sqs._delete_messages_for_esm(url, {str(message["receipt_handle"]) for message in messages})
    return found


def _addresses(body: str) -> list[str]:
    records = json.loads(body).get("Records") or []
    return [
        f"s3://{record['s3']['bucket']['name']}/{unquote_plus(record['s3']['object']['key'])}"
        for record in records
        if str(record.get("eventName", "")).startswith("ObjectCreated")
    ]
