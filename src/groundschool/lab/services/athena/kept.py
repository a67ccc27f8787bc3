"""Named queries and prepared statements: texts that a workgroup keeps."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, MutableMapping
from typing import Any

from groundschool.lab.service import Refused
from groundschool.lab.services.athena import workgroups
from groundschool.lab.services.athena.executions import PREPARED

Json = dict[str, Any]
NAMED: MutableMapping[str, Json] = {}


def create_named(given: Mapping[str, Any]) -> Json:
    """CreateNamedQuery."""
    group = workgroups.found(given.get("WorkGroup") or workgroups.PRIMARY)["Name"]
    identity = str(uuid.uuid4())
    told = {
        name: given[name] for name in ("Name", "Description", "Database", "QueryString") if given.get(name) is not None
    }
    NAMED[identity] = {**told, "NamedQueryId": identity, "WorkGroup": group}
    return {"NamedQueryId": identity}


def named(identity: str) -> Json:
    """A named query. Raises Refused."""
    if identity not in NAMED:
        raise Refused(400, "InvalidRequestException", f"NamedQuery {identity} was not found")
    return NAMED[identity]


def delete_named(given: Mapping[str, Any]) -> Json:
    """DeleteNamedQuery."""
    named(given["NamedQueryId"])
    del NAMED[given["NamedQueryId"]]
    return {}


def list_named(given: Mapping[str, Any]) -> Json:
    """ListNamedQueries."""
    group = workgroups.found(given.get("WorkGroup") or workgroups.PRIMARY)["Name"]
    return {"NamedQueryIds": [identity for identity, query in NAMED.items() if query["WorkGroup"] == group]}


def create_prepared(given: Mapping[str, Any]) -> Json:
    """CreatePreparedStatement."""
    group = workgroups.found(given["WorkGroup"])["Name"]
    held = PREPARED.setdefault(group, {})
    if given["StatementName"] in held:
        words = f"PreparedStatement {given['StatementName']} already exists in workGroup {group}"
        raise Refused(400, "InvalidRequestException", words)
    held[given["StatementName"]] = _statement(given)
    return {}


def _statement(given: Mapping[str, Any]) -> Json:
    return {"QueryStatement": given["QueryStatement"], "Description": given.get("Description") or "",
            "LastModifiedTime": time.time()}  # fmt: skip


def prepared(given: Mapping[str, Any]) -> Json:
    """GetPreparedStatement. Raises Refused."""
    group = workgroups.found(given["WorkGroup"])["Name"]
    held = PREPARED.get(group, {}).get(given["StatementName"])
    if held is None:
        words = f"PreparedStatement {given['StatementName']} was not found in workGroup {group}"
        raise Refused(400, "ResourceNotFoundException", words)
    told = {**held, "StatementName": given["StatementName"], "WorkGroupName": group}
    return {"PreparedStatement": told}


def update_prepared(given: Mapping[str, Any]) -> Json:
    """UpdatePreparedStatement."""
    prepared(given)
    PREPARED[given["WorkGroup"]][given["StatementName"]] = _statement(given)
    return {}


def delete_prepared(given: Mapping[str, Any]) -> Json:
    """DeletePreparedStatement."""
    prepared(given)
    del PREPARED[given["WorkGroup"]][given["StatementName"]]
    return {}


def list_prepared(given: Mapping[str, Any]) -> Json:
    """ListPreparedStatements."""
    held = PREPARED.get(workgroups.found(given["WorkGroup"])["Name"], {})
    every = [{"StatementName": name, "LastModifiedTime": told["LastModifiedTime"]} for name, told in held.items()]
    return {"PreparedStatements": every}
