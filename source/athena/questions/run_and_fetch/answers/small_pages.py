from itertools import chain, count, islice


def run_and_fetch(client, sql, database, output):
    given = dict(QueryString=sql, QueryExecutionContext=dict(Database=database), ResultConfiguration=dict(OutputLocation=output))
    identity = client.start_query_execution(**given)["QueryExecutionId"]
    for attempt in count():
        execution = client.get_query_execution(QueryExecutionId=identity)["QueryExecution"]
        state = execution["Status"]["State"]
        if state == "SUCCEEDED":
            break
        if state not in ("QUEUED", "RUNNING"):
            raise RuntimeError("%s: %s" % (state, execution["Status"].get("StateChangeReason")))
        time.sleep(min(0.02 * 1.5 ** min(attempt, 10), 1))
    readers = {"boolean": lambda text: text == "true", "date": lambda text: datetime.datetime.strptime(text, "%Y-%m-%d").date()}
    readers.update({name: int for name in "tinyint smallint integer bigint".split()}, real=float, double=float)
    results = list(client.get_paginator("get_query_results").paginate(QueryExecutionId=identity, PaginationConfig={"PageSize": 100}))
    kinds = [(c["Name"], readers.get(c["Type"], str)) for c in results[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
    lines = chain.from_iterable(page["ResultSet"]["Rows"] for page in results)
    rows = []
    for line in islice(lines, 1, None):
        row = {}
        for (name, read), cell in zip(kinds, line["Data"]):
            row[name] = None if not cell else read(cell["VarCharValue"])
        rows.append(row)
    return rows
