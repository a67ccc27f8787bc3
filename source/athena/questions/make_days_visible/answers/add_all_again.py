def make_days_visible(athena, s3, table):
    address = f"{table['database']}.{table['table']}"
    bucket, root = table["location"][5:].split("/", 1)

    def wait(sql):
        query = {"QueryExecutionId": athena.start_query_execution(QueryString=sql, ResultConfiguration={"OutputLocation": table["output"]})["QueryExecutionId"]}
        while True:
            (found,) = athena.batch_get_query_execution(QueryExecutionIds=list(query.values()))["QueryExecutions"]
            if found["Status"]["State"] in {"SUCCEEDED", "FAILED", "CANCELLED"}:
                break
            time.sleep(0.03)
        if found["Status"]["State"] != "SUCCEEDED":
            raise RuntimeError(found["Status"]["StateChangeReason"])
        return query

    level = [((), root)]
    for key in table["keys"]:
        deeper = []
        for pairs, prefix in level:
            for found in s3.list_objects(Bucket=bucket, Prefix=prefix, Delimiter="/").get("CommonPrefixes", []):
                step = found["Prefix"].split("/")[-2]
                if step.startswith("_") or step.startswith("."):
                    continue
                value = step.split("=", 1)[1] if table["layout"] == "hive" else step
                deeper.append(((*pairs, (key, value)), found["Prefix"]))
        level = deeper
    listed = lambda pairs: ",".join(f"{key}='{value}'" for key, value in pairs)
    if level:
        wait(f"ALTER TABLE {address} ADD IF NOT EXISTS " + "\n".join(f"PARTITION ({listed(pairs)}) LOCATION 's3://{bucket}/{prefix}'" for pairs, prefix in level))
    there = {pairs for pairs, _ in level}
    gone = []
    for row in athena.get_query_results(**wait(f"SHOW PARTITIONS {address}"))["ResultSet"]["Rows"]:
        pairs = tuple(tuple(pair.split("=")) for pair in row["Data"][0]["VarCharValue"].split("/"))
        if pairs not in there:
            gone.append(f"PARTITION ({listed(pairs)})")
    if gone:
        wait(f"ALTER TABLE {address} DROP {', '.join(gone)}")
