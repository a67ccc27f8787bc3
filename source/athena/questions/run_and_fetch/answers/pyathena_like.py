def finished(client, query):
    while True:
        status = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
            return status
        time.sleep(0.05)


def pages(client, query):
    token = {}
    while True:
        page = client.get_query_results(QueryExecutionId=query, **token)
        yield page["ResultSet"]
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


def value(cell, kind):
    text = cell.get("VarCharValue")
    if text is None:
        return None
    if kind in {"tinyint", "smallint", "integer", "bigint"}:
        return int(text)
    if kind in {"real", "double"}:
        return float(text)
    if kind == "boolean":
        return text == "true"
    return datetime.date.fromisoformat(text) if kind == "date" else text


def run_and_fetch(client, sql, database, output):
    query = client.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": database}, ResultConfiguration={"OutputLocation": output})["QueryExecutionId"]
    status = finished(client, query)
    if status["State"] != "SUCCEEDED":
        raise RuntimeError(status.get("StateChangeReason", status["State"]))
    found, first = [], True
    for page in pages(client, query):
        columns = page["ResultSetMetadata"]["ColumnInfo"]
        rows = page["Rows"][1:] if first else page["Rows"]
        first = False
        found += [{column["Name"]: value(cell, column["Type"]) for column, cell in zip(columns, row["Data"])} for row in rows]
    return found
