"""CloudWatch Logs: groups, streams and events, by ministack. Queries, filters on groups and live tails are refused.

Other services write what they do here, too, for whoever may read it.
"""

from __future__ import annotations

import time
from collections.abc import MutableMapping, Sequence
from typing import Any

from groundschool.lab import targets
from groundschool.lab.service import Answer, Asked, Refused, Stock
from groundschool.lab.stores import of_module

NAME = "logs"
RIGHTS = ("logs:*",)
ROLE_RIGHTS = ("logs:*",)
OWN_RIGHTS = False
PRINCIPAL = ""
DENIED = "UnrecognizedClientException"
OPERATIONS = frozenset(
    f"{verb}{noun}"
    for noun, verbs in {
        "LogGroup": "Create Delete",
        "LogGroups": "Describe",
        "LogStream": "Create Delete",
        "LogStreams": "Describe",
        "LogEvents": "Put Get Filter",
    }.items()
    for verb in verbs.split()
)


def operation(asked: Asked) -> str:
    """See `Service`."""
    return targets.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    given = targets.parameters(asked)
    if given.get("kmsKeyId") is not None:
        raise Refused(400, "InvalidParameterException", "The lab does not encrypt logs with keys.")
    return await stock(asked)


error = targets.error


def write(group: str, stream: str, lines: Sequence[str]) -> None:
    """Adds lines to a stream, which is made with its group where it is missing."""
    from ministack.services import cloudwatch_logs as stock

    now = int(time.time() * 1000)
    place = {"logGroupName": group, "logStreamName": stream}
    stock._create_log_group(place)
    stock._create_log_stream(place)
    stock._put_log_events({**place, "logEvents": [{"timestamp": now, "message": line} for line in lines]})


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    from ministack.services import cloudwatch_logs

    return of_module(cloudwatch_logs)


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed logs: its own operations make what is needed.")
