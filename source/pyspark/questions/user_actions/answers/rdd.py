def user_actions(lines):
    def parse(row):
        parts = row.value.split(" ")
        return parts[3].removeprefix("user="), (1, int(parts[2] == "ERROR"))

    counts = lines.rdd.map(parse).reduceByKey(lambda a, b: (a[0] + b[0], a[1] + b[1]))
    rows = counts.map(lambda item: (item[0], item[1][0], item[1][1]))
    return lines.sparkSession.createDataFrame(rows, "user_id string, total_actions long, total_errors long")
