"""Clients of the running lab: boto3's own, with a role's credentials; and the examiner's hand on the lab itself."""

from __future__ import annotations

import base64
import http.client
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from groundschool.lab.access import Access, Key, LabError, current
from groundschool.lab.faults import HOWS, How
from groundschool.lab.guard import CONTROL, SECRET, Request
from groundschool.lab.service import REGION
from groundschool.lab.services import known, names, reached, services

MOST_READ = 64 << 20  # bytes of what the control answers
SECONDS = 30  # a lab that died is silent: the answer's process is not to wait for it until its own end
Contents = Mapping[str, Mapping[str, Mapping[str, bytes]]]  # service: bucket: key: body


def client(service: str, role: str = "candidate") -> Any:
    """A boto3 client of `service` as `role`: "candidate", "examiner", or the ARN of a role, which is then assumed. Of
    Snowflake and Redshift, a connection of their own connectors.

    It repeats nothing by itself, so that a fault is seen when it strikes. Raises LabError when the lab lacks the
    service or the credentials, or is not there.
    """
    access = _running()
    if service not in known():
        raise LabError(f"The lab does not have the service {service!r}; it has: {names()}.")
    if service in reached():
        _key(access, role)
        return reached()[service].connect(access, role)
    if role == "examiner":
        return _of_examiner(service, access.endpoint, _key(access, role))
    return _made(service, access.endpoint, _credentials(access, role))


@cache
def _of_examiner(service: str, endpoint: str, key: Key) -> Any:
    """One for all checks: a client holds its connection until it is collected, and is slow to make."""
    return _made(service, endpoint, {"aws_access_key_id": key.id, "aws_secret_access_key": key.secret})


def warm() -> None:
    """Reads what clients are made from, for all that this process and its forks will make."""
    # By sessions that are not kept: they know the settings of whoever starts the grading.
    for service in services().keys() - reached().keys():
        _session().create_client(service, REGION, aws_access_key_id="nobody", aws_secret_access_key="nobody")


def _session() -> Any:
    """A session of botocore that reads no description a second time."""
    from botocore.session import Session

    session = Session()
    session.register_component("data_loader", _models())
    return session


@cache
def _models() -> Any:
    """botocore's loader of the services' descriptions; it keeps what it has read, a second's work for a large one."""
    from botocore.session import Session

    return Session().get_component("data_loader")


def _made(service: str, endpoint: str, credentials: Mapping[str, str]) -> Any:
    import boto3
    from botocore.config import Config

    if boto3.DEFAULT_SESSION is None:  # one session for all: an error has one class, whichever client meets it
        boto3.setup_default_session(botocore_session=_session())
    config = Config(
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        retries={"total_max_attempts": 1},
        signature_version="s3v4" if service == "s3" else "v4",
        s3={"addressing_style": "path"},
        proxies={},
    )
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, config=config, **credentials)


def _credentials(access: Access, role: str) -> dict[str, str]:
    if not role.startswith("arn:"):
        key = _key(access, role)
        return {"aws_access_key_id": key.id, "aws_secret_access_key": key.secret}
    found = client("sts").assume_role(RoleArn=role, RoleSessionName="lab")["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


def requests() -> tuple[Request, ...]:
    """What was asked of the lab since it began or was reset, in order. Needs the examiner's credentials, as all
    below."""
    return tuple(Request(**entry) for entry in _control("requests"))


def reset() -> None:
    """Empties the lab: what was made, logged and armed is gone."""
    _control("reset")


def seed(**contents: Mapping[str, Mapping[str, bytes]]) -> None:
    """Puts buckets and objects there: `seed(s3={"landing": {"orders/1.csv": b"…"}})`. Not logged as anybody's
    requests."""
    _control("seed", _plain(contents))


def fail(
    service: str,
    operation: str,
    nth: int = 1,
    *,
    how: How = "error",
    code: str = "InternalError",
    status: int = 500,
    writes: Contents | None = None,
) -> None:
    """Arms a fault for the nth call of an operation from now on, by anyone but the examiner; see `faults.Fault`."""
    if how not in HOWS or nth < 1:
        raise LabError(f"A fault is one of {', '.join(HOWS)} and strikes call 1 or later; given: {how!r}, {nth}.")
    fault = {"service": service, "operation": operation, "nth": nth, "how": how, "code": code, "status": status}
    _control("fail", {**fault, "writes": _plain(writes or {})})


def calm() -> None:
    """Forgets every armed fault; whoever had ended by one is heard again. The state and the log stay."""
    _control("calm")


def keep(name: str) -> None:
    """Keeps the present state, its log with it, under a name."""
    _control("keep", name)


def restore(name: str) -> bool:
    """Makes a kept state the present one; False when none has that name."""
    return bool(_control("restore", name))


@contextmanager
def fresh(**contents: Mapping[str, Mapping[str, bytes]]) -> Iterator[None]:
    """An empty lab, seeded, for the length of a `with`; the state before it comes back afterwards, whatever
    happened."""
    name = secrets.token_hex(8)
    keep(name)
    try:
        reset()
        seed(**contents)
        yield
    finally:
        restore(name)
        _control("forget", name)


def _plain(contents: Mapping[str, Mapping[str, Mapping[str, bytes]]]) -> dict[str, Any]:
    return {
        service: {
            bucket: {key: base64.b64encode(body).decode() for key, body in objects.items()}
            for bucket, objects in buckets.items()
        }
        for service, buckets in contents.items()
    }


def _control(operation: str, content: Any = None) -> Any:
    access = _running()
    key, place = _key(access, "examiner"), urlsplit(access.endpoint)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=SECONDS)
    try:
        return controlled(connection, key.secret, operation, content)
    finally:
        connection.close()


def controlled(connection: http.client.HTTPConnection, secret: str, operation: str, content: Any = None) -> Any:
    """Does an operation of the lab's control over a connection. Raises LabError when it is refused, or nobody
    answers."""
    try:
        connection.request(
            "POST", CONTROL + operation, json.dumps(content).encode(), {SECRET: secret, "Host": "127.0.0.1"}
        )
        reply = connection.getresponse()
        text = reply.read(MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        raise LabError(f"The lab did not answer: {error}.") from None
    if reply.status != 200:
        raise LabError(text.decode("utf-8", "replace")[:1000])
    return json.loads(text)


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
