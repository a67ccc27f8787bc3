class Athena:
    def __init__(self, client, table):
        self.client, self.table = client, table

    def run(self, sql):
        context, place = {"Database": self.table["database"]}, {"OutputLocation": self.table["output"]}
        self.query = self.client.start_query_execution(QueryString=sql, QueryExecutionContext=context, ResultConfiguration=place)["QueryExecutionId"]
        while (state := self.client.get_query_execution(QueryExecutionId=self.query)["QueryExecution"]["Status"]["State"]) not in ("SUCCEEDED", "FAILED", "CANCELLED"):
            time.sleep(0.02)
        if state != "SUCCEEDED":
            raise RuntimeError(state)

    def partitions(self):
        self.run(f"""SELECT {", ".join(self.table["keys"])} FROM "{self.table["table"]}$partitions" """)
        header, *rows = self.client.get_query_results(QueryExecutionId=self.query)["ResultSet"]["Rows"]
        return {tuple(cell["VarCharValue"] for cell in row["Data"]) for row in rows}


def prefixes(s3, location):
    bucket, _, prefix = location[len("s3://"):].partition("/")
    for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/").get("CommonPrefixes") or ():
        if found["Prefix"][len(prefix)] not in ("_", "."):
            yield f"s3://{bucket}/{found['Prefix']}", found["Prefix"][len(prefix):].rstrip("/")


def make_days_visible(athena, s3, table):
    places = {(): table["location"]}
    for _ in table["keys"]:
        places = {
            (*values, name.rsplit("=", 1)[-1] if table["layout"] == "hive" else name): place
            for values, above in places.items()
            for place, name in prefixes(s3, above)
        }
    session = Athena(athena, table)
    known = session.partitions()
    named = lambda values: "PARTITION (" + ", ".join(f"{key} = '{value}'" for key, value in zip(table["keys"], values)) + ")"
    gone, new = sorted(known - set(places)), sorted(set(places) - known)
    if gone:
        session.run(f"ALTER TABLE {table['table']} DROP IF EXISTS " + ", ".join(map(named, gone)))
    if new:
        session.run(f"ALTER TABLE {table['table']} ADD IF NOT EXISTS " + " ".join(f"{named(values)} LOCATION '{places[values]}'" for values in new))
