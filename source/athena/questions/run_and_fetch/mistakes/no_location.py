# The query is started without a place for its result; nothing in the account sets one, and Athena refuses it.
def value(kind, cell):
    text = cell.get("VarCharValue")
    if text is None:
        return None
    if kind in ("tinyint", "smallint", "integer", "bigint"):
        return int(text)
    if kind in ("real", "double"):
        return float(text)
    if kind == "boolean":
        return text == "true"
    return datetime.date.fromisoformat(text) if kind == "date" else text


def run_and_fetch(client, sql, database, output):
    query = client.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": database})["QueryExecutionId"]
    while True:
        status = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.05)
    if status["State"] != "SUCCEEDED":
        raise RuntimeError(status.get("StateChangeReason", status["State"]))
    rows = []
    for page in client.get_paginator("get_query_results").paginate(QueryExecutionId=query):
        columns = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        rows += page["ResultSet"]["Rows"]
    return [{column["Name"]: value(column["Type"], cell) for column, cell in zip(columns, row["Data"])} for row in rows[1:]]
