"""The Redshift Data API: statements by HTTP, run in the background by sessions of their own in the same warehouse."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

from groundschool.engines.redshift import types
from groundschool.engines.redshift.failure import Failed
from groundschool.engines.redshift.outcome import Outcome
from groundschool.engines.redshift.session import Session
from groundschool.engines.redshift.types import Type
from groundschool.engines.redshift.unloading import written
from groundschool.lab import models, rights, targets
from groundschool.lab.service import ACCOUNT, REGION, Answer, Asked, Refused, Stock
from groundschool.lab.services.redshift import state
from groundschool.lab.services.redshift.storage import Roles

NAME = "redshift-data"
RIGHTS = ("redshift-data:*",)
ROLE_RIGHTS = ("redshift-data:*",)
OWN_RIGHTS = True
PRINCIPAL = ""
DENIED = "UnrecognizedClientException"
Json = dict[str, Any]
TARGET = {"WorkgroupName": "wrenfield", "Database": state.NAME}
STATEMENTS: MutableMapping[str, Json] = {}
TOKENS: MutableMapping[str, str] = {}
MOST_KEPT, MOST_AT_ONCE, PAGE = 5_000, 4, 1_000
LONGEST = 100_000  # characters of a statement, as Redshift has it
OVER = ("FINISHED", "FAILED", "ABORTED")
NAMED = re.compile(r":([A-Za-z_]\w*)")
SHORT = {"integer": "int4", "bigint": "int8", "smallint": "int2", "real": "float4", "double precision": "float8",
         "boolean": "bool", "character varying": "varchar", "character": "bpchar", "unknown": "varchar",
         "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz"}  # fmt: skip
_running: dict[str, Session] = {}


@cache
def _pool() -> ThreadPoolExecutor:
    """Made when first asked for: a lab is forked from a process without threads."""
    return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="redshift-data")


def _invalid(words: str) -> Refused:
    return Refused(400, "ValidationException", words)


def _target(given: Json) -> None:
    """Raises Refused for a statement that runs nowhere here."""
    named = [name for name in ("WorkgroupName", "ClusterIdentifier") if given.get(name)]
    if len(named) != 1:
        raise _invalid("Either WorkgroupName or ClusterIdentifier is to be named, and one of them only.")
    if named == ["ClusterIdentifier"]:
        raise Refused(400, "ValidationException", "The lab does not have clusters; its workgroup is wrenfield.")
    if given["WorkgroupName"] != TARGET["WorkgroupName"]:
        words = f"The lab does not have the workgroup {given['WorkgroupName']}; it has: {TARGET['WorkgroupName']}."
        raise Refused(400, "ValidationException", words)
    if given.get("Database") != state.NAME:
        raise _invalid(f"database {given.get('Database')!r} does not exist; there is: {state.NAME}.")
    for name in ("SecretArn", "DbUser", "SessionId", "SessionKeepAliveSeconds", "WithEvent"):
        if given.get(name):
            raise Refused(400, "ValidationException", f"The lab does not do {name}.")
    if given.get("ResultFormat", "JSON") != "JSON":
        raise Refused(400, "ValidationException", "The lab does not give results as CSV.")


def _execute(given: Json, asked: Asked) -> Json:
    return _begun(given, asked, [given["Sql"]], single=True)


def _batch(given: Json, asked: Asked) -> Json:
    return _begun(given, asked, given["Sqls"], single=False)


def _begun(given: Json, asked: Asked, texts: Sequence[str], single: bool) -> Json:
    _target(given)
    for text in texts:
        if len(text) > LONGEST or not text.strip():
            raise _invalid(f"Sql is to hold 1 to {LONGEST:,} characters")
    token = given.get("ClientToken")
    if token and token in TOKENS and TOKENS[token] in STATEMENTS:
        return _receipt(STATEMENTS[TOKENS[token]])
    if len(STATEMENTS) >= MOST_KEPT:
        raise Refused(400, "ActiveStatementsExceededException", f"The lab keeps no more than {MOST_KEPT:,} statements.")
    filled = [_filled(text, given.get("Parameters") or []) for text in texts]
    found: Json = {
        "Id": str(uuid.uuid4()), "Status": "SUBMITTED", "CreatedAt": time.time(), "_texts": list(filled),
        "_shown": list(texts), "_single": single, "StatementName": given.get("StatementName"), "_results": {},
        "_begun": time.time(), "_user": _user(asked), "Parameters": given.get("Parameters") or [], "_states": [],
    }  # fmt: skip
    STATEMENTS[found["Id"]] = found
    if token:
        TOKENS[token] = found["Id"]
    _pool().submit(_work, found)
    return _receipt(found)


def _user(asked: Asked) -> str:
    return f"IAM:{rights.caller(asked).rpartition('/')[2]}"


def _receipt(found: Json) -> Json:
    return {"Id": found["Id"], "CreatedAt": found["CreatedAt"], "Database": state.NAME,
            "WorkgroupName": TARGET["WorkgroupName"]}  # fmt: skip


def _filled(text: str, given: Sequence[Mapping[str, str]]) -> str:
    """The statement with its named parameters as literals. Raises Refused."""
    from groundschool.engines.redshift import parse, values

    known = {each["name"]: each["value"] for each in given}
    if not known:
        return text
    used, parts, position = set(), [], 0
    try:
        words = parse.tokens(text)
    except Failed as failed:
        raise _invalid(str(failed)) from None
    for before, word in pairwise(words):
        if before.text == ":" and word.start == before.end + 1 and word.text in known:
            parts += [text[position : before.start], values.quoted(known[word.text])]
            position = word.end + 1
            used.add(word.text)
    if missing := set(known) - used:
        raise _invalid(f"Parameters list contains unused parameters. Unused parameters: {sorted(missing)}")
    return "".join([*parts, text[position:]])


# -- the thread of a statement


def _work(found: Json) -> None:
    if found["Status"] in OVER:
        return
    session = Session(state.DATABASE, Roles(found["_user"]), found["_user"])
    _running[found["Id"]] = session
    found["Status"], found["_begun"] = "STARTED", time.time()
    try:
        found["_states"] = ["SUBMITTED"] * len(found["_texts"])
        if not found["_single"]:
            session.run("BEGIN")
        for place, text in enumerate(found["_texts"]):
            found["_states"][place] = "STARTED"
            found["_results"][place] = _packed(session.run(text))
            found["_states"][place] = "FINISHED"
        if not found["_single"]:
            session.run("COMMIT")
        found["Status"] = "FINISHED"
    except Failed as failed:
        _failed(found, str(failed) if str(failed) != "1023" else f"1023 {failed.detail}")
    except Exception as error:
        # Whatever it is, the statement is over: a client that waits for it must hear so.
        _failed(found, f"internal error: {type(error).__name__}: {str(error)[:300]}")
    finally:
        found["_ended"] = time.time()
        _running.pop(found["Id"], None)
        session.close()


def _failed(found: Json, words: str) -> None:
    found["Error"] = f"ERROR: {words}"
    found["_states"] = ["FAILED" if each == "STARTED" else "ABORTED" if each == "SUBMITTED" else each
                        for each in found["_states"]]  # fmt: skip
    found["Status"] = "ABORTED" if found.get("_cancelled") else "FAILED"


def _packed(outcome: Outcome) -> Json:
    """What is kept of a result."""
    if outcome.columns is None:
        return {"count": outcome.count, "has": False}
    rows = [
        json.dumps([_field(value, kind) for value, (_, kind) in zip(row, outcome.columns, strict=True)])
        for row in outcome.rows
    ]
    return {"count": len(rows), "has": True, "columns": [_column(*each) for each in outcome.columns],
            "rows": "\n".join(rows).encode()}  # fmt: skip


def _field(value: Any, kind: Type) -> Json:
    if value is None:
        return {"isNull": True}
    if kind.name == "boolean":
        return {"booleanValue": bool(value)}
    if kind.whole:
        return {"longValue": int(value)}
    if kind.float:
        return {"doubleValue": float(value)}
    return {"stringValue": written(value)}


def _column(name: str, kind: Type) -> Json:
    sizes = kind.sizes if kind.name == "numeric" else (types.DIGITS.get(kind.name, 0), 0)
    return {
        "name": name, "label": name, "typeName": SHORT.get(kind.name, kind.name), "nullable": 1, "length": 0,
        "precision": kind.sizes[0] if kind.text and kind.sizes else sizes[0], "scale": sizes[1], "schemaName": "",
        "tableName": "", "isCaseSensitive": kind.text, "isCurrency": False, "isSigned": kind.number,
    }  # fmt: skip


# -- what is told of statements


def _found(identity: str) -> tuple[Json, int | None]:
    """A statement, and which one of a batch is meant. Raises Refused."""
    own, _, place = identity.partition(":")
    found = STATEMENTS.get(own)
    if found is None or (place and not (place.isdigit() and 0 < int(place) <= len(found["_texts"]))):
        raise Refused(400, "ResourceNotFoundException", "Query does not exist.")
    return found, int(place) - 1 if place else 0 if found["_single"] else None


def _describe(given: Json, asked: Asked) -> Json:
    found, place = _found(given["Id"])
    spent = max(0, int((found.get("_ended", time.time()) - found["_begun"]) * 1e9))
    told: Json = {
        **_receipt(found), "Id": given["Id"], "Status": found["Status"],
        "UpdatedAt": found.get("_ended", found["_begun"]), "Duration": spent, "RedshiftPid": 0, "RedshiftQueryId": 0,
        "ResultFormat": "JSON",
    }  # fmt: skip
    if found.get("Error"):
        told["Error"] = found["Error"]
    if found["Parameters"]:
        told["QueryParameters"] = found["Parameters"]
    if place is None:
        told["SubStatements"] = [_sub(found, number) for number in range(len(found["_texts"]))]
        results = list(found["_results"].values())
        told |= {"HasResultSet": any(each["has"] for each in results), "ResultRows": -1, "ResultSize": -1}
    else:
        told |= _result_of(found, place) | {"QueryString": found["_shown"][place]}
    return told


def _result_of(found: Json, place: int) -> Json:
    result = found["_results"].get(place, {"count": -1, "has": False})
    return {"HasResultSet": result["has"], "ResultRows": result["count"], "ResultSize": len(result.get("rows", b""))}


def _sub(found: Json, place: int) -> Json:
    status = found["_states"][place] if place < len(found["_states"]) else "SUBMITTED"
    told = {"Id": f"{found['Id']}:{place + 1}", "Status": status, "QueryString": found["_shown"][place],
            "CreatedAt": found["CreatedAt"], "UpdatedAt": found.get("_ended", found["_begun"]),
            **_result_of(found, place)}  # fmt: skip
    return told | ({"Error": found["Error"]} if status == "FAILED" else {})


def _result(given: Json, asked: Asked) -> Json:
    found, place = _found(given["Id"])
    result = found["_results"].get(place) if place is not None else None
    if found["Status"] not in OVER:
        raise Refused(
            400,
            "ResourceNotFoundException",
            "Query does not have result. Please check query status with DescribeStatement.",
        )
    if result is None or not result["has"]:
        raise Refused(
            400,
            "ResourceNotFoundException",
            "Query does not have result. Please check query status with DescribeStatement.",
        )
    lines = result["rows"].split(b"\n") if result["rows"] else []
    token = str(given.get("NextToken") or "0")
    start = int(token) if token.isdigit() else len(lines)
    records = [json.loads(line) for line in lines[start : start + PAGE]]
    more = {"NextToken": str(start + PAGE)} if start + PAGE < len(lines) else {}
    return {"Records": records, "ColumnMetadata": result["columns"], "TotalNumRows": result["count"], **more}


def _cancel(given: Json, asked: Asked) -> Json:
    found, _ = _found(given["Id"])
    if found["Status"] in OVER:
        raise _invalid(f"Could not cancel a query that is already in {found['Status']} state.")
    found["_cancelled"] = True
    session = _running.get(found["Id"])
    if session is not None:
        session.interrupt()
    else:
        found["Status"] = "ABORTED"
    return {"Status": True}


def _list(given: Json, asked: Asked) -> Json:
    wanted = given.get("Status", "ALL")
    found = [each for each in reversed(list(STATEMENTS.values())) if wanted in ("ALL", each["Status"])]
    if given.get("StatementName"):
        found = [each for each in found if str(each.get("StatementName") or "").startswith(given["StatementName"])]
    size = min(given.get("MaxResults") or 100, 100)
    token = str(given.get("NextToken") or "0")
    start = int(token) if token.isdigit() else len(found)
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return {"Statements": [_listed(each) for each in found[start : start + size]], **more}


def _listed(found: Json) -> Json:
    named = {"StatementName": found["StatementName"]} if found.get("StatementName") else {}
    texts = {"QueryString": found["_shown"][0]} if found["_single"] else {"QueryStrings": found["_shown"]}
    return {"Id": found["Id"], "Status": found["Status"], "CreatedAt": found["CreatedAt"], **texts, **named,
            "UpdatedAt": found.get("_ended", found["_begun"]), "IsBatchStatement": not found["_single"]}  # fmt: skip


CALLS: Mapping[str, Callable[[Json, Asked], Json]] = {
    "ExecuteStatement": _execute, "BatchExecuteStatement": _batch, "DescribeStatement": _describe,
    "GetStatementResult": _result, "CancelStatement": _cancel, "ListStatements": _list,
}  # fmt: skip
OPERATIONS = frozenset(CALLS)


def operation(asked: Asked) -> str:
    """See `Service`."""
    return targets.operation(asked, OPERATIONS, NAME)


async def answer(asked: Asked, operation: str, stock: Stock) -> Answer:
    """See `Service`."""
    given = {name: value for name, value in targets.parameters(asked).items() if value is not None}
    models.check(NAME, operation, given)
    resource = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup/{TARGET['WorkgroupName']}"
    named = operation in ("ExecuteStatement", "BatchExecuteStatement")
    rights.require(asked, f"redshift-data:{operation}", [resource if named else "*"])
    return targets.answer(CALLS[operation](given, asked))


error = targets.error


def stores() -> Sequence[MutableMapping[Any, Any]]:
    """See `Service`."""
    return STATEMENTS, TOKENS


def seed(content: Any) -> None:
    """See `Service`."""
    raise Refused(400, "NotImplemented", "The lab does not seed redshift-data: its own operations make what is needed.")
