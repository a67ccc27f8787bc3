import re
import time
from urllib.parse import urlparse


class Athena:
    """Runs one statement after the other and waits for each."""

    def __init__(self, client, database, output):
        self.client, self.database, self.output = client, database, output

    def run(self, statement):
        query = self.client.start_query_execution(
            QueryString=statement,
            QueryExecutionContext={"Database": self.database},
            ResultConfiguration={"OutputLocation": self.output},
        )["QueryExecutionId"]
        pause = 0.05
        while True:
            status = self.client.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return query
            if status["State"] in ("FAILED", "CANCELLED"):
                raise RuntimeError(f"{statement[:80]}: {status.get('StateChangeReason', status['State'])}")
            time.sleep(pause)
            pause = min(2 * pause, 1)

    def lines(self, statement):
        query = self.run(statement)
        for page in self.client.get_paginator("get_query_results").paginate(QueryExecutionId=query):
            for row in page["ResultSet"]["Rows"]:
                text = "".join(cell.get("VarCharValue", "") for cell in row["Data"]).strip()
                if text:
                    yield text


def subfolders(s3, bucket, prefix):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
    return [each["Prefix"] for page in pages for each in page.get("CommonPrefixes", [])]


def value_of(prefix, key, layout):
    """The value a folder stands for, None where it is no folder of this key."""
    name = prefix.rstrip("/").rpartition("/")[2]
    if name.startswith(("_", ".")):
        return None
    if layout == "hive":
        written, sign, name = name.partition("=")
        if not sign or written.lower() != key.lower():
            return None
    return name if re.fullmatch(r"[\w-]+", name) else None


def make_days_visible(athena, s3, table):
    keys, layout = table["keys"], table["layout"]
    where = urlparse(table["location"])
    bucket, root = where.netloc, where.path.strip("/")

    # {values: prefix}, one level of folders deeper with each key
    there = {(): f"{root}/" if root else ""}
    for key in keys:
        deeper = {}
        for values, prefix in there.items():
            for folder in subfolders(s3, bucket, prefix):
                value = value_of(folder, key, layout)
                if value is not None:
                    deeper.setdefault((*values, value), folder)
        there = deeper

    runner = Athena(athena, table["database"], table["output"])
    name = f"`{table['table']}`"
    known = {
        tuple(step.partition("=")[2] for step in line.split("/"))
        for line in runner.lines(f"SHOW PARTITIONS {name}")
    }

    def spec(values):
        return "PARTITION (" + ", ".join(f"`{key}` = '{value}'" for key, value in zip(keys, values)) + ")"

    gone = sorted(known - there.keys())
    new = sorted(there.keys() - known)
    if gone:
        runner.run(f"ALTER TABLE {name} DROP IF EXISTS " + ", ".join(map(spec, gone)))
    if new:
        added = "\n".join(f"{spec(values)} LOCATION 's3://{bucket}/{there[values]}'" for values in new)
        runner.run(f"ALTER TABLE {name} ADD IF NOT EXISTS\n{added}")
