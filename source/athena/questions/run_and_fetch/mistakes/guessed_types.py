# Types are guessed from how a value looks, so that the code '12' becomes a number. `ColumnInfo` tells the type of each column.
# breaks: types
def value(kind, cell):
    text = cell.get("VarCharValue")
    if text in (None, "true", "false"):
        return text and text == "true"
    for read in (int, float, datetime.date.fromisoformat):
        try:
            return read(text)
        except ValueError:
            pass
    return text


def run_and_fetch(client, sql, database, output):
    query = client.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": database}, ResultConfiguration={"OutputLocation": output})["QueryExecutionId"]
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
