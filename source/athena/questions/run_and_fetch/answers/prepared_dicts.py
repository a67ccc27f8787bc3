class Query:
    WHOLE = ("tinyint", "smallint", "integer", "bigint")

    def __init__(self, client, sql, database, output):
        self.client = client
        started = client.start_query_execution(
            QueryString=sql, QueryExecutionContext={"Database": database, "Catalog": "AwsDataCatalog"}, ResultConfiguration={"OutputLocation": output}, WorkGroup="primary"
        )
        self.id = started["QueryExecutionId"]

    def wait(self):
        state = "QUEUED"
        while state in ("QUEUED", "RUNNING"):
            time.sleep(0.03)
            (told,) = self.client.batch_get_query_execution(QueryExecutionIds=[self.id])["QueryExecutions"]
            state = told["Status"]["State"]
        if state != "SUCCEEDED":
            raise RuntimeError(f"The query ended as {state}. {told['Status'].get('StateChangeReason', '')}")

    def rows(self):
        answer = self.client.get_query_results(QueryExecutionId=self.id)
        columns = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        del answer["ResultSet"]["Rows"][0]
        while True:
            for row in answer["ResultSet"]["Rows"]:
                yield {column["Name"]: self.python(column["Type"], cell) for column, cell in zip(columns, row["Data"])}
            if not answer.get("NextToken"):
                break
            answer = self.client.get_query_results(QueryExecutionId=self.id, NextToken=answer["NextToken"])

    def python(self, kind, cell):
        if "VarCharValue" not in cell:
            return None
        text = cell["VarCharValue"]
        if kind in self.WHOLE:
            return int(text)
        if kind in ("double", "real"):
            return float(text)
        if kind == "date":
            return datetime.date(*map(int, text.split("-")))
        return {"true": True, "false": False}[text] if kind == "boolean" else text


def run_and_fetch(client, sql, database, output):
    query = Query(client, sql, database, output)
    query.wait()
    return list(query.rows())
