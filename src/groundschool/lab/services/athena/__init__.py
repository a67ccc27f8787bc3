"""Athena: SQL over the Data Catalog and S3, with the caller's own rights on both.

Queries are `executions`', run by `groundschool.engines.trino`; what they give is `results`'. What is not among the
operations here, notebooks, capacity and other catalogs for some, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

from groundschool.lab import models, rights, targets
from groundschool.lab.service import ACCOUNT, REGION, Answer, Asked, Refused, Stock
from groundschool.lab.services.athena import executions, kept, workgroups

NAME = "athena"
RIGHTS = ("athena:*",)
ROLE_RIGHTS = ("athena:*",)
OWN_RIGHTS = True
PRINCIPAL = ""
DENIED = "UnrecognizedClientException"
Json = dict[str, Any]
MOST_LISTED = 50


def _get(given: Json, asked: Asked) -> Json:
    return {"QueryExecution": executions.shown(executions.found(given["QueryExecutionId"]))}


def _batch(given: Json, asked: Asked) -> Json:
    there = [identity for identity in given["QueryExecutionIds"] if identity in executions.EXECUTIONS]
    missing = [
        {"QueryExecutionId": identity, "ErrorCode": "INVALID_INPUT", "ErrorMessage": "QueryExecution was not found"}
        for identity in given["QueryExecutionIds"]
        if identity not in there
    ]
    found = [executions.shown(executions.found(identity)) for identity in there]
    return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}


def _list(given: Json, asked: Asked) -> Json:
    group = workgroups.found(given.get("WorkGroup") or workgroups.PRIMARY)["Name"]
    every = [identity for identity, found in executions.EXECUTIONS.items() if found["WorkGroup"] == group][::-1]
    size = min(given.get("MaxResults") or MOST_LISTED, MOST_LISTED)
    token = str(given.get("NextToken") or "0")
    start = int(token) if token.isdigit() else len(every)
    more = {"NextToken": str(start + size)} if start + size < len(every) else {}
    return {"QueryExecutionIds": every[start : start + size], **more}


def _group(given: Json, asked: Asked) -> Json:
    return {"WorkGroup": workgroups.found(given["WorkGroup"])}


def _named(given: Json, asked: Asked) -> Json:
    return {"NamedQuery": kept.named(given["NamedQueryId"])}


def _without(call: Callable[[Mapping[str, Any]], Json]) -> Callable[[Json, Asked], Json]:
    return lambda given, asked: call(given)


CALLS: Mapping[str, Callable[[Json, Asked], Json]] = {
    "StartQueryExecution": executions.start,
    "StopQueryExecution": executions.stop,
    "GetQueryExecution": _get,
    "GetQueryResults": executions.result,
    "BatchGetQueryExecution": _batch,
    "ListQueryExecutions": _list,
    "CreateWorkGroup": _without(workgroups.create),
    "GetWorkGroup": _group,
    "UpdateWorkGroup": _without(workgroups.update),
    "DeleteWorkGroup": _without(workgroups.delete),
    "ListWorkGroups": _without(workgroups.listed),
    "CreateNamedQuery": _without(kept.create_named),
    "GetNamedQuery": _named,
    "DeleteNamedQuery": _without(kept.delete_named),
    "ListNamedQueries": _without(kept.list_named),
    "CreatePreparedStatement": _without(kept.create_prepared),
    "GetPreparedStatement": _without(kept.prepared),
    "UpdatePreparedStatement": _without(kept.update_prepared),
    "DeletePreparedStatement": _without(kept.delete_prepared),
    "ListPreparedStatements": _without(kept.list_prepared),
}
OPERATIONS = frozenset(CALLS)


def operation(asked: Asked) -> str:
    """See `Service`."""
    return targets.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    given = {name: value for name, value in targets.parameters(asked).items() if value is not None}
    _check(operation, given)
    rights.require(asked, f"athena:{operation}", _resources(operation, given))
    return targets.answer(CALLS[operation](given, asked))


def _check(operation: str, given: Json) -> None:
    """Raises Refused as Athena does, which calls every fault of a request InvalidRequestException."""
    size = given.get("MaxResults")
    if operation == "GetQueryResults" and isinstance(size, int) and size > executions.MOST_RESULTS:
        words = f"MaxResults is more than maximum allowed length {executions.MOST_RESULTS}."
        raise Refused(400, "InvalidRequestException", words)
    try:
        models.check(NAME, operation, given)
    except Refused as refused:
        raise Refused(400, "InvalidRequestException", str(refused)) from None


def _resources(operation: str, given: Json) -> list[str]:
    """The workgroup that an operation is about."""
    if operation == "ListWorkGroups":
        return ["*"]
    named: Any = given.get("WorkGroup") or given.get("Name") if "WorkGroup" in operation else given.get("WorkGroup")
    identity = given.get("QueryExecutionId")
    if identity is not None:
        named = executions.EXECUTIONS.get(identity, {}).get("WorkGroup")
    elif given.get("NamedQueryId") is not None:
        named = kept.NAMED.get(given["NamedQueryId"], {}).get("WorkGroup")
    return [f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{named or workgroups.PRIMARY}"]


error = targets.error


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    return executions.EXECUTIONS, executions.PREPARED, executions.TOKENS, workgroups.GROUPS, kept.NAMED


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed athena: its own operations make what is needed.")
