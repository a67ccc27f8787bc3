"""Query executions: started, run one thread each, stopped, and what is told of them.

The file in S3 is written before a query has SUCCEEDED. An execution whose lab was reset is over.
"""

from __future__ import annotations

import contextvars
import threading
import time
import uuid
from collections.abc import Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from groundschool.engines.trino import session
from groundschool.engines.trino.failure import Cancelled, Failed
from groundschool.engines.trino.outcome import Outcome
from groundschool.engines.trino.parse import statement
from groundschool.lab import rights
from groundschool.lab.service import Asked, Refused
from groundschool.lab.services.athena import results, workgroups
from groundschool.lab.services.athena.definitions import Definitions
from groundschool.lab.services.athena.storage import Objects, exists, split

Json = dict[str, Any]
EXECUTIONS: MutableMapping[str, Json] = {}  # with what is kept of results under "_result"
PREPARED: MutableMapping[str, dict[str, Json]] = {}  # by workgroup and name
TOKENS: MutableMapping[str, Json] = {}
MOST_AT_ONCE = 4
MOST_KEPT = 5_000
MOST_RESULTS = 1000  # rows of a page
SECONDS = 120  # of a query
OVER = ("SUCCEEDED", "FAILED", "CANCELLED")
SYSTEM, USER = 1, 2


@dataclass
class _Running:
    """A query at work. Not in the stores: a copy of a state has no threads."""

    execution: Json
    asked: Asked
    group: Json
    output: str
    connection: Any = None
    stopped: bool = False
    begun: float = field(default_factory=time.time)

    def interrupt(self) -> None:
        self.stopped = True
        if self.connection is not None:
            self.connection.interrupt()


_running: dict[str, _Running] = {}


@cache
def _pool() -> ThreadPoolExecutor:
    """Made when first asked for: a lab is forked from a process without threads."""
    return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="athena")


def start(given: Mapping[str, Any], asked: Asked) -> Json:
    """StartQueryExecution."""
    text = given["QueryString"]
    group = workgroups.found(given.get("WorkGroup") or workgroups.PRIMARY)
    token = given.get("ClientRequestToken")
    said = {
        name: given.get(name) for name in ("QueryString", "QueryExecutionContext", "ResultConfiguration", "WorkGroup")
    }
    if token and token in TOKENS:
        if TOKENS[token]["said"] != said:
            raise Refused(400, "InvalidRequestException", "Idempotent parameters do not match")
        return {"QueryExecutionId": TOKENS[token]["id"]}
    if group["State"] != "ENABLED":
        raise Refused(400, "InvalidRequestException", f"WorkGroup {group['Name']} is disabled.")
    _check(given)
    output = workgroups.output(group, str((given.get("ResultConfiguration") or {}).get("OutputLocation") or ""))
    if not exists(split(output)[0]):
        raise Refused(400, "InvalidRequestException", f"Unable to verify/create output bucket {split(output)[0]}")
    _readable(text)
    execution = _made(given, group, output)
    identity = str(execution["QueryExecutionId"])
    if len(EXECUTIONS) >= MOST_KEPT:
        raise Refused(400, "TooManyRequestsException", f"The lab keeps no more than {MOST_KEPT:,} queries.")
    EXECUTIONS[identity] = execution
    if token:
        TOKENS[token] = {"said": said, "id": identity}
    _running[identity] = _Running(execution, asked, group, output)
    _pool().submit(contextvars.copy_context().run, _work, _running[identity])
    return {"QueryExecutionId": identity}


def _check(given: Mapping[str, Any]) -> None:
    """Raises Refused for members that would ask for what the lab does not do."""
    context = given.get("QueryExecutionContext") or {}
    if (context.get("Catalog") or "awsdatacatalog").casefold() != "awsdatacatalog":
        raise Refused(400, "InvalidRequestException", f"The lab does not have the catalog {context['Catalog']}.")
    reuse = (given.get("ResultReuseConfiguration") or {}).get("ResultReuseByAgeConfiguration") or {}
    if reuse.get("Enabled"):
        raise Refused(400, "InvalidRequestException", "The lab does not reuse results.")
    if given.get("EngineConfiguration"):
        raise Refused(400, "InvalidRequestException", "The lab does not configure engines.")
    results_ = given.get("ResultConfiguration") or {}
    for name in ("AclConfiguration", "ExpectedBucketOwner"):
        if results_.get(name):
            raise Refused(400, "InvalidRequestException", f"The lab does not do {name} of results.")


def _readable(text: str) -> None:
    """Raises Refused for what is no statement, as Athena does before there is an execution."""
    try:
        session.check(text)
        if text.lstrip().upper().startswith(("SELECT", "WITH", "VALUES")):
            statement(text)
    except Failed as failed:
        if failed.code in ("", "SYNTAX_ERROR") and "mismatched input" in str(failed):
            words = str(failed).removeprefix("SYNTAX_ERROR: ")
            raise Refused(400, "InvalidRequestException", words, AthenaErrorCode="MALFORMED_QUERY") from None


def _made(given: Mapping[str, Any], group: Mapping[str, Any], output: str) -> Json:
    identity = str(uuid.uuid4())
    kind = session.kind(given["QueryString"])
    context = {name: value for name, value in (given.get("QueryExecutionContext") or {}).items() if value}
    if "Database" in context:
        context["Database"] = context["Database"].strip('`"').lower()
    found: Json = {
        "QueryExecutionId": identity, "Query": given["QueryString"], "StatementType": kind,
        "ResultConfiguration": {"OutputLocation": f"{output}{identity}.{'csv' if kind == 'DML' else 'txt'}"},
        "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
        "QueryExecutionContext": context, "Status": {"State": "QUEUED", "SubmissionDateTime": time.time()},
        "Statistics": _statistics(0, 0), "WorkGroup": group["Name"],
        "EngineVersion": dict(workgroups.ENGINE),
    }  # fmt: skip
    if given.get("ExecutionParameters"):
        found["ExecutionParameters"] = list(given["ExecutionParameters"])
    return found


def _statistics(scanned: int, seconds: float) -> Json:
    took = max(1, round(seconds * 1000))
    return {
        "EngineExecutionTimeInMillis": took, "DataScannedInBytes": scanned, "TotalExecutionTimeInMillis": took,
        "QueryQueueTimeInMillis": 0, "ServicePreProcessingTimeInMillis": 0, "QueryPlanningTimeInMillis": 0,
        "ServiceProcessingTimeInMillis": 0, "ResultReuseInformation": {"ReusedPreviousResult": False},
    }  # fmt: skip


# -- the thread of a query


class _OverLimit(Cancelled):
    """More was read than the workgroup allows. Not told to a person as it is."""


def _work(running: _Running) -> None:
    execution = running.execution
    running.begun = time.time()
    timer = threading.Timer(SECONDS, running.interrupt)
    timer.daemon = True
    try:
        if not running.stopped:
            execution["Status"] = {**execution["Status"], "State": "RUNNING"}
            timer.start()
            outcome = session.run(_request(running))
            _finish(running, outcome)
    except _OverLimit:
        _end(running, "CANCELLED", "Query cancelled! : Bytes scanned limit was exceeded")
    except Cancelled:
        _end(running, "CANCELLED", _why_cancelled(running))
    except Failed as failed:
        _end(running, "FAILED", str(failed))
    except Exception as error:
        # Whatever it is, the query is over: a client that waits for it must hear so.
        _end(running, "FAILED", f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {str(error)[:300]}", SYSTEM)
    finally:
        timer.cancel()
        if running.stopped and execution["Status"]["State"] not in OVER:
            _end(running, "CANCELLED", "Query was canceled by the user")
        _running.pop(str(execution["QueryExecutionId"]), None)


def _why_cancelled(running: _Running) -> str:
    if time.time() - running.begun >= SECONDS:
        return f"Query exhausted the lab's limit of {SECONDS} seconds"
    return "Query was canceled by the user"


def _request(running: _Running) -> session.Request:
    execution = running.execution
    cutoff = running.group["Configuration"].get("BytesScannedCutoffPerQuery")

    def scanned(count: int) -> None:
        execution["Statistics"] = _statistics(count, time.time() - running.begun)
        if cutoff is not None and count > cutoff:
            raise _OverLimit

    def connected(connection: Any) -> None:
        running.connection = connection
        if running.stopped or EXECUTIONS.get(execution["QueryExecutionId"]) is not execution:
            raise Cancelled

    return session.Request(
        text=execution["Query"],
        database=execution["QueryExecutionContext"].get("Database", "default"),
        catalog=Definitions(running.asked),
        files=Objects(running.asked),
        output=running.output,
        forced=bool(running.group["Configuration"]["EnforceWorkGroupConfiguration"]
                    and running.group["Configuration"]["ResultConfiguration"].get("OutputLocation")),
        parameters=execution.get("ExecutionParameters", ()),
        prepared=_Statements(str(running.group["Name"])),
        scanned=scanned,
        running=connected,
    )  # fmt: skip


class _Statements(MutableMapping[str, str]):
    """The prepared statements of a workgroup by name, as the engine takes them."""

    def __init__(self, group: str) -> None:
        self._held = PREPARED.setdefault(group, {})

    def __getitem__(self, name: str) -> str:
        return str(self._held[name]["QueryStatement"])

    def __setitem__(self, name: str, text: str) -> None:
        self._held[name] = {"QueryStatement": text, "LastModifiedTime": time.time(), "Description": ""}

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def __iter__(self) -> Any:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


def _finish(running: _Running, outcome: Outcome) -> None:
    """Writes the result, then says that the query has succeeded."""
    execution = running.execution
    if EXECUTIONS.get(execution["QueryExecutionId"]) is not execution:
        return
    files, place = Objects(running.asked), str(execution["ResultConfiguration"]["OutputLocation"])
    insert = outcome.updated is not None
    rows = [] if insert else results.rows(outcome)
    statistics = _statistics(outcome.scanned, time.time() - running.begun)
    if insert:
        base = f"{running.output}{execution['QueryExecutionId']}"
        statistics["DataManifestLocation"] = f"{base}-manifest.csv"
        files.write(f"{base}-manifest.csv", "".join(f"{path}\n" for path in outcome.written).encode())
        execution["ResultConfiguration"] = {"OutputLocation": base}
    else:
        files.write(place, results.file(outcome, rows))
    if outcome.kind == "DML" and not insert:
        files.write(f"{place}.metadata", b"")
    execution["_result"] = results.packed(Outcome(outcome.kind) if insert else outcome, rows)
    execution["_updated"] = outcome.updated or 0
    execution["Statistics"] = statistics
    _end(running, "SUCCEEDED")


def _end(running: _Running, state: str, reason: str = "", category: int = USER) -> None:
    status = {**running.execution["Status"], "State": state, "CompletionDateTime": time.time()}
    if reason:
        status["StateChangeReason"] = reason
    if state == "FAILED":
        status["AthenaError"] = {"ErrorCategory": category, "ErrorType": 1 if category == SYSTEM else 1006,
                                 "Retryable": False, "ErrorMessage": reason}  # fmt: skip
    running.execution["Status"] = status


# -- what is told


def found(identity: str) -> Json:
    """An execution. Raises Refused."""
    execution = EXECUTIONS.get(identity)
    if execution is None:
        raise Refused(400, "InvalidRequestException", f"QueryExecution {identity} was not found")
    at_work = _running.get(identity)
    if execution["Status"]["State"] not in OVER and (at_work is None or at_work.execution is not execution):
        reason = "The lab was reset while the query ran"
        execution["Status"] = {**execution["Status"], "State": "CANCELLED", "StateChangeReason": reason,
                               "CompletionDateTime": time.time()}  # fmt: skip
    return execution


def shown(execution: Mapping[str, Any]) -> Json:
    """A `QueryExecution`."""
    return {name: value for name, value in execution.items() if not name.startswith("_")}


def stop(given: Mapping[str, Any], asked: Asked) -> Json:
    """StopQueryExecution: of one that is over it changes nothing."""
    found(given["QueryExecutionId"])
    at_work = _running.get(given["QueryExecutionId"])
    if at_work is not None:
        at_work.interrupt()
    return {}


def result(given: Mapping[str, Any], asked: Asked) -> Json:
    """GetQueryResults."""
    execution = found(given["QueryExecutionId"])
    state = execution["Status"]["State"]
    if state in ("QUEUED", "RUNNING"):
        words = f"Query has not yet finished. Current state: {state}"
        raise Refused(400, "InvalidRequestException", words)
    if state != "SUCCEEDED":
        words = f"Query did not finish successfully. Final query state: {state}"
        raise Refused(400, "InvalidRequestException", words)
    size = given.get("MaxResults")
    size = MOST_RESULTS if size is None else size
    if not 1 <= size <= MOST_RESULTS:
        raise Refused(400, "InvalidRequestException", f"MaxResults is more than maximum allowed length {MOST_RESULTS}.")
    bucket, key = split(execution["ResultConfiguration"]["OutputLocation"])
    rights.require(asked, "s3:GetObject", [f"arn:aws:s3:::{bucket}/{key}"])
    start_ = _place(given.get("NextToken"), execution)
    page, more = results.page(execution["_result"], start_, size)
    follows = {"NextToken": f"{execution['QueryExecutionId']}:{start_ + size}"} if more else {}
    return {"UpdateCount": execution["_updated"], "ResultSet": page, **follows}


def _place(token: Any, execution: Mapping[str, Any]) -> int:
    if token is None:
        return 0
    identity, _, place = str(token).rpartition(":")
    if identity != execution["QueryExecutionId"] or not place.isdigit():
        raise Refused(400, "InvalidRequestException", "The NextToken is not one of this query's.")
    return int(place)
