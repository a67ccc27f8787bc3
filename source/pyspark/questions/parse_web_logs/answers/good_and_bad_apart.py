from pyspark.sql import functions as F

WORD, TEXT = r"(\S+)", r'"((?:\\.|[^"\\])*)"'
LINE = rf'^{WORD} {WORD} {WORD} \[([^\]]+)\] {TEXT} (\d\d\d) (-|\d+) {TEXT} {TEXT}$'
COLUMNS = "reason string, ip string, user string, at timestamp, method string, path string, status int, bytes bigint, referer string, agent string"


def parse_web_logs(lines):
    def part(place):
        return F.regexp_extract("line", LINE, place)

    def known(place):
        return F.when(part(place) != "-", part(place))

    there = lines.select(F.col("value").alias("line")).filter(F.trim(F.regexp_replace("line", r"\s", "")) != "")
    whole = there.filter(F.col("line").rlike(LINE)).withColumn("at", F.try_to_timestamp(part(4), F.lit("dd/MMM/yyyy:HH:mm:ss Z")))
    timed = whole.filter("at is not null")
    asked = F.regexp_extract(part(5), r"^([^ ]+) ([^ ]+) [^ ]+$", 1), F.regexp_extract(part(5), r"^([^ ]+) ([^ ]+) [^ ]+$", 2)
    good = timed.filter(asked[0] != "").select(
        "line", F.lit(None).cast("string").alias("reason"), part(1).alias("ip"), known(3).alias("user"), "at", asked[0].alias("method"),
        asked[1].alias("path"), part(6).cast("int").alias("status"), known(7).cast("bigint").alias("bytes"), known(8).alias("referer"), known(9).alias("agent"),
    )
    bad = (
        there.filter(~F.col("line").rlike(LINE)).select("line", F.lit("format").alias("reason"))
        .union(whole.filter("at is null").select("line", F.lit("time")))
        .union(timed.filter(asked[0] == "").select("line", F.lit("request")))
    )
    return good.unionByName(bad, allowMissingColumns=True)
