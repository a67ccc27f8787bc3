import re


def make_days_visible(athena, s3, table):
    name, keys, location = table["table"], table["keys"], table["location"]
    bucket, root = re.fullmatch("s3://([^/]+)/(.*)", location).groups()

    def run(sql):
        query = athena.start_query_execution(
            QueryString=sql, QueryExecutionContext={"Database": table["database"]}, ResultConfiguration={"OutputLocation": table["output"]}
        )["QueryExecutionId"]
        state = "QUEUED"
        while state in ("QUEUED", "RUNNING"):
            time.sleep(0.02)
            state = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"]
        assert state == "SUCCEEDED", sql
        return athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]

    def folders(prefix, depth):
        if not depth:
            yield prefix
            return
        for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/").get("CommonPrefixes", []):
            if not re.search(r"/[_.][^/]*/$", "/" + found["Prefix"]):
                yield from folders(found["Prefix"], depth - 1)

    def values(folder):
        steps = folder[len(root):].strip("/").split("/")
        return tuple(re.sub("^[^=]*=", "", step) if table["layout"] == "hive" else step for step in steps)

    def partition(given):
        return "PARTITION (" + ", ".join(f"`{key}` = '{value}'" for key, value in zip(keys, given)) + ")"

    if table["layout"] == "hive":
        run(f"MSCK REPAIR TABLE {name}")
    there = {values(folder): f"s3://{bucket}/{folder}" for folder in folders(root, len(keys))}
    known = {tuple(re.findall("=([^/]*)", row["Data"][0]["VarCharValue"])) for row in run(f"SHOW PARTITIONS {name}")}
    missing = [f"{partition(given)} LOCATION '{place}'" for given, place in there.items() if given not in known]
    if missing:
        run(f"ALTER TABLE {name} ADD " + " ".join(missing))
    lost = [partition(given) for given in known if given not in there]
    if lost:
        run(f"ALTER TABLE {name} DROP IF EXISTS " + ", ".join(lost))
