# The rows are asked for again and again until Athena gives them; each attempt before is a refused call. GetQueryExecution tells when the query is over.
# breaks: waiting
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
    query = client.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": database}, ResultConfiguration={"OutputLocation": output})["QueryExecutionId"]
    while True:
        try:
            client.get_query_results(QueryExecutionId=query)
            break
        except client.exceptions.InvalidRequestException:
            status = client.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] in ("FAILED", "CANCELLED"):
                raise RuntimeError(status.get("StateChangeReason", status["State"]))
            time.sleep(0.05)
    rows = []
    for page in client.get_paginator("get_query_results").paginate(QueryExecutionId=query):
        columns = page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        rows += page["ResultSet"]["Rows"]
    return [{column["Name"]: value(column["Type"], cell) for column, cell in zip(columns, row["Data"])} for row in rows[1:]]
