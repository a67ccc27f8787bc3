"""Clients of the running lab: boto3's own, with a role's credentials, and the log of what was asked of it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from groundschool.lab.access import REGION, SERVICES, Access, Key, LabError, current
from groundschool.lab.guard import LOG, SECRET, Request

SECONDS = 30  # a lab that died is silent: the answer's process is not to wait for it until its own end


def client(service: str, role: str = "candidate") -> Any:
    """A boto3 client of `service` with the credentials of `role`. Raises LabError when the lab lacks either, or is not there."""
    access = _running()
    if service not in SERVICES:
        raise LabError(f"The lab has no service {service!r}; it has: {', '.join(SERVICES)}.")
    key = _key(access, role)
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        retries={"total_max_attempts": 1},
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        proxies={},
    )
    return boto3.client(
        service,
        endpoint_url=access.endpoint,
        region_name=REGION,
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
        config=config,
    )


def requests() -> tuple[Request, ...]:
    """What was asked of the lab so far, in order. Needs the examiner's credentials; raises LabError without them."""
    access = _running()
    asked = urllib.request.Request(access.endpoint + LOG, headers={SECRET: _key(access, "examiner").secret})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=SECONDS) as reply:
            return tuple(Request(**entry) for entry in json.load(reply))
    except (urllib.error.URLError, OSError) as error:
        raise LabError(f"The lab did not hand out its log: {error}.") from None


def _running() -> Access:
    access = current()
    if access is None:
        raise LabError("No lab is running. The notebook's first cell starts it: `lab.start()`; run that cell first.")
    return access


def _key(access: Access, role: str) -> Key:
    if role not in access.keys:
        held = ", ".join(sorted(access.keys))
        raise LabError(f"The credentials of {role!r} are not in this process; it holds those of: {held}.")
    return access.keys[role]
