import datetime
import itertools
import time

from botocore.exceptions import ClientError

CONVERTERS = {
    **dict.fromkeys(("tinyint", "smallint", "int", "integer", "bigint"), int),
    **dict.fromkeys(("float", "real", "double"), float),  # Athena reports REAL as "float"
    "boolean": lambda text: text.lower() == "true",
    "date": datetime.date.fromisoformat,
}


def _submit(client, sql, database, output):
    try:
        return client.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": database},
            ResultConfiguration={"OutputLocation": output},
        )["QueryExecutionId"]
    except ClientError as refused:
        # a statement may be turned away before it becomes a query (syntax, mostly)
        if refused.response["Error"]["Code"] == "InvalidRequestException":
            raise RuntimeError(refused.response["Error"].get("Message", str(refused))) from refused
        raise


def _await_success(client, query_id):
    for pause in itertools.chain((0.05, 0.1, 0.2, 0.4), itertools.repeat(0.8)):
        status = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]
        state = status["State"]
        if state == "SUCCEEDED":
            return
        if state in ("FAILED", "CANCELLED"):
            reason = status.get("StateChangeReason") or status.get("AthenaError", {}).get("ErrorMessage") or "no reason given"
            raise RuntimeError(f"Query {query_id} {state}: {reason}")
        time.sleep(pause)


def _lines(client, query_id):
    """Each line of the result, the header included: the columns and the texts."""
    columns = None
    for page in client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id):
        result = page["ResultSet"]
        if columns is None:
            columns = [(info["Name"], CONVERTERS.get(info["Type"].lower(), str)) for info in result["ResultSetMetadata"]["ColumnInfo"]]
        for line in result["Rows"]:
            yield columns, [cell.get("VarCharValue") for cell in line["Data"]]


def run_and_fetch(client, sql, database, output):
    query_id = _submit(client, sql, database, output)
    _await_success(client, query_id)
    # Only the first line of the first page is the header.
    return [
        {name: None if text is None else convert(text) for (name, convert), text in zip(columns, texts)}
        for columns, texts in itertools.islice(_lines(client, query_id), 1, None)
    ]
