"""Snowflake's API as its connector speaks it: login, statements, files. Whatever fails is an error of its own form:
a status of HTTP would make the connector try again."""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Mapping
from typing import Any

from groundschool.lab.service import Answer, Asked
from groundschool.lab.services.snowflake import sessions
from groundschool.lab.services.snowflake.sessions import Open

JSON = {"content-type": "application/json"}
VERSION = "9.37.0"
LARGEST = 64 << 20
Json = dict[str, Any]


def answer(asked: Asked, operation: str) -> Answer:
    """Answers a request."""
    if operation in ("PutFile", "GetFile"):
        return _file(asked)
    if operation == "Login":
        return _login(asked)
    opened = sessions.found(token(asked))
    if opened is None:
        return failed("390104", "08001", "Authentication token has expired.  The user must authenticate again.")
    if operation == "Query":
        return _query(asked, opened)
    if operation == "Logout":
        sessions.end(token(asked))
    if asked.path.startswith("/monitoring/"):
        return _success({"queries": [{"id": asked.path.rpartition("/")[2], "status": "SUCCESS"}]})
    return _success(None)


def token(asked: Asked) -> str:
    """The session's token of a request."""
    written = asked.headers.get("authorization", "")
    return written.removeprefix('Snowflake Token="').removesuffix('"')


def failed(number: str, state: str, words: str, identity: str = "") -> Answer:
    """An error of Snowflake's."""
    data = {"errorCode": number, "sqlState": state, "queryId": identity, "internalError": False}
    return _json({"data": data, "code": number, "message": words, "success": False, "headers": None})


def _success(data: Any) -> Answer:
    return _json({"data": data, "code": None, "message": None, "success": True})


def _json(content: Json) -> Answer:
    return 200, dict(JSON), json.dumps(content).encode()


def _body(asked: Asked) -> Json:
    """The body of a request; empty for one that is no object of JSON."""
    body = asked.body
    if asked.headers.get("content-encoding") == "gzip":
        try:
            body = gzip.decompress(body) if len(body) < LARGEST else b""
        except (OSError, EOFError):
            return {}
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _login(asked: Asked) -> Answer:
    from groundschool.engines.snowflake.words import parts

    data = _body(asked).get("data") or {}
    begun = sessions.begin(str(data.get("LOGIN_NAME", "")), str(data.get("PASSWORD", "")))
    if begun is None:
        return failed("390100", "08001", "Incorrect username or password was specified.")
    key, opened = begun
    session = opened.session
    database, schema = asked.first("databaseName"), asked.first("schemaName")
    session.use(parts(database)[0] if database else None, parts(schema)[0] if schema else None)
    given = data.get("SESSION_PARAMETERS") or {}
    session.autocommit(str(given.get("AUTOCOMMIT", True)).lower() != "false")
    parameters = {
        "AUTOCOMMIT": given.get("AUTOCOMMIT", True),
        "TIMEZONE": "Etc/UTC",
        "CLIENT_TELEMETRY_ENABLED": False,
        "CLIENT_SESSION_KEEP_ALIVE": False,
        "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": 3600,
        "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 0,
        "CLIENT_PREFETCH_THREADS": 4,
    }
    return _success(
        {
            "token": key,
            "masterToken": key,
            "validityInSeconds": 86_400,
            "masterValidityInSeconds": 86_400,
            "displayUserName": opened.session.user,
            "serverVersion": VERSION,
            "sessionId": 1,
            "parameters": [{"name": name, "value": value} for name, value in parameters.items()],
            "sessionInfo": {
                "databaseName": session.database,
                "schemaName": session.schema,
                "warehouseName": "LAB_WH",
                "roleName": session.role,
            },
        }
    )


def _query(asked: Asked, opened: Open) -> Answer:
    from groundschool.engines.snowflake.failure import Failed

    body = _body(asked)
    text = body.get("sqlText")
    if not isinstance(text, str):
        return failed("000900", "42601", "The request has no statement.")
    try:
        rows = _bound(body.get("bindings") or {})
        outcome, count = None, 0
        for row in rows:
            outcome = sessions.run(opened, text, row)
            count += outcome.count or 0
    except Failed as error:
        return failed(f"{error.number:06d}", error.state, str(error))
    assert outcome is not None
    if outcome.transfer:
        return _success(_transfer(asked, opened, outcome.transfer))
    return _success(_result(opened, outcome, count if len(rows) > 1 else None))


def _bound(bindings: Mapping[str, Any]) -> list[Any]:
    """What a statement is run with, once for each row of an array. Raises Failed."""
    from fakesnow.converter import from_binding

    from groundschool.engines.snowflake.failure import NotDone

    if not bindings:
        return [None]
    try:
        if not all(name.isdigit() for name in bindings):
            return [{name: from_binding(given) for name, given in bindings.items()}]
        given = [bindings[str(position)] for position in range(1, len(bindings) + 1)]
        if not any(isinstance(one["value"], list) for one in given):
            return [tuple(from_binding(one) for one in given)]
        columns = [[from_binding({**one, "value": value}) for value in one["value"]] for one in given]
        return list(zip(*columns, strict=True))
    except (KeyError, TypeError, ValueError, NotImplementedError) as error:
        raise NotDone(f"take these bindings: {error}") from None


def _result(opened: Open, outcome: Any, count: int | None) -> Json:
    from fakesnow.arrow import to_ipc, to_sf
    from fakesnow.statement_type import DML_TYPE_IDS

    table = outcome.table
    found: Json = {
        "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}],
        "rowtype": list(outcome.columns),
        "total": 1 if count is not None else table.num_rows,
        "returned": table.num_rows,
        "queryId": outcome.identity,
        "statementTypeId": outcome.kind,
        "finalDatabaseName": opened.session.database,
        "finalSchemaName": opened.session.schema,
        "finalRoleName": opened.session.role,
        "finalWarehouseName": "LAB_WH",
        "numberOfBinds": 0,
        "arrayBindSupported": False,
        "version": 1,
        "sqlState": "00000",
    }
    if outcome.kind in DML_TYPE_IDS:
        lines = [[None if value is None else str(value) for value in row.values()] for row in table.to_pylist()]
        return {**found, "queryResultFormat": "json", "rowset": [[str(count)]] if count is not None else lines}
    encoded = base64.b64encode(to_ipc(to_sf(table, list(outcome.columns)))).decode()
    return {**found, "queryResultFormat": "arrow", "rowsetBase64": encoded}


def _transfer(asked: Asked, opened: Open, transfer: Mapping[str, Any]) -> Json:
    """What the client is told to put or get, and at which addresses."""
    origin = f"http://{asked.headers['host']}/_stage/"
    ((way, given),) = transfer.items()
    place = {"locationType": "GCS", "location": "lab/", "creds": {}, "isClientSideEncrypted": False}
    common = {"parallel": given.parallel, "statementTypeId": 0, "queryId": "", "rowtype": []}
    if way == "put":
        name = os.path.basename(given.local)
        url = origin + sessions.awaited(opened, given, name)
        return {
            **common,
            "command": "UPLOAD",
            "src_locations": [given.local],
            "autoCompress": given.compress,
            "overwrite": given.overwrite,
            "sourceCompression": given.compression,
            "stageInfo": {**place, "presignedUrl": url},
        }
    urls = [origin + sessions.awaited(opened, given, name) for name in given.names]
    return {
        **common,
        "command": "DOWNLOAD",
        "src_locations": [f"lab/{os.path.basename(name)}" for name in given.names],
        "presignedUrls": urls,
        "localLocation": given.local,
        "encryptionMaterial": [],
        "stageInfo": place,
    }


def _file(asked: Asked) -> Answer:
    """The body of a file: kept, or given."""
    from groundschool.engines.snowflake import transfers
    from groundschool.engines.snowflake.failure import Failed

    coming = sessions.coming(asked.path.rpartition("/")[2])
    if coming is None:
        return 403, {"content-type": "text/plain"}, b"This address of a stage is not open."
    account = sessions.present()
    if asked.method != "PUT":
        held = account.objects.files.get(coming.transfer.location.stage, {}).get(coming.name)
        return (200, {}, held.content) if held else (404, {}, b"")
    sessions.own()
    try:
        with account.lock:
            transfers.receive(sessions.present().objects, coming.transfer, coming.name, asked.body)
    except Failed as error:
        return 403, {"content-type": "text/plain"}, str(error).encode()
    return 200, {}, b""
