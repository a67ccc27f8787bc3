# All files are listed to find their folders, a request for each thousand of them; with a delimiter S3 gives each folder once.
# breaks: listing
def make_days_visible(athena, s3, table):
    name, keys, hive = table["table"], table["keys"], table["layout"] == "hive"
    bucket, _, root = table["location"].removeprefix("s3://").partition("/")

    def run(sql):
        started = athena.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": table["database"]}, ResultConfiguration={"OutputLocation": table["output"]})
        while True:
            status = athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]["Status"]
            if status["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.05)
        if status["State"] != "SUCCEEDED":
            raise RuntimeError(status.get("StateChangeReason", ""))
        return athena.get_query_results(QueryExecutionId=started["QueryExecutionId"])["ResultSet"]["Rows"]

    def spec(values):
        return "PARTITION (" + ", ".join(f"{key} = '{value}'" for key, value in zip(keys, values)) + ")"

    folders = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=root):
        for found in page.get("Contents", []):
            steps = found["Key"][len(root):].split("/")[:-1]
            if len(steps) == len(keys) and all(step[0] not in "_." for step in steps):
                folders.append("/".join(steps) + "/")
    there = {}
    for folder in folders:
        steps = folder.rstrip("/").split("/")
        there[tuple(step.split("=")[-1] for step in steps) if hive else tuple(steps)] = folder
    known = [tuple(pair.split("=")[1] for pair in row["Data"][0]["VarCharValue"].split("/")) for row in run(f"SHOW PARTITIONS {name}")]
    new = [values for values in there if values not in known]
    gone = [values for values in known if values not in there]
    if new:
        run(f"ALTER TABLE {name} ADD IF NOT EXISTS " + " ".join(f"{spec(values)} LOCATION '{table['location']}{there[values]}'" for values in new))
    if gone:
        run(f"ALTER TABLE {name} DROP " + ", ".join(spec(values) for values in gone))
