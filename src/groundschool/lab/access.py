"""What a process knows of its lab: where it is and whose credentials it may use. Kept in the environment.

Children, a job script for one, inherit it. AWS's own variables are set too, so that an ordinary `boto3.client("s3")`
reaches the lab and never the cloud.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from groundschool.errors import GroundSchoolError
from groundschool.lab.service import REGION

VARIABLE = "GROUNDSCHOOL_LAB"
ROLES = ("candidate", "examiner")
REPLACED = ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION")


class LabError(GroundSchoolError):
    """The lab is not there, or was asked for something that it does not have."""


@dataclass(frozen=True)
class Key:
    """An access key of a role."""

    id: str
    secret: str


def new_keys() -> dict[str, Key]:
    """A fresh access key for every role, in AWS's shape."""
    return {role: Key(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_hex(20)) for role in ROLES}


@dataclass(frozen=True)
class Access:
    """The lab's endpoint (a URL on the loopback interface) and the keys this process holds, by role."""

    endpoint: str
    keys: Mapping[str, Key]

    def publish(self) -> None:
        """Makes it this process's lab, and that of the processes it starts."""
        withdraw()
        os.environ[VARIABLE] = json.dumps(asdict(self))
        own = self.keys.get("candidate") or next(iter(self.keys.values()))
        os.environ.update(
            AWS_ENDPOINT_URL=self.endpoint,
            AWS_ACCESS_KEY_ID=own.id,
            AWS_SECRET_ACCESS_KEY=own.secret,
            AWS_DEFAULT_REGION=REGION,
            AWS_EC2_METADATA_DISABLED="true",
            NO_PROXY="127.0.0.1",
            no_proxy="127.0.0.1",
        )


def withdraw() -> None:
    """Forgets the lab. The variables stay empty of the user's own credentials: nothing here is meant for the cloud."""
    endpoints = [
        name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")
    ]  # a service's own comes before the common one
    for name in (VARIABLE, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", *REPLACED, *endpoints):
        os.environ.pop(name, None)
    if boto3 := sys.modules.get("boto3"):  # its own session keeps the first credentials that it finds
        vars(boto3)["DEFAULT_SESSION"] = None


def current() -> Access | None:
    """This process's lab, if it has one."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    content = json.loads(text)
    return Access(content["endpoint"], {role: Key(**key) for role, key in content["keys"].items()})
