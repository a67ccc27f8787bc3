from pyspark.sql import functions as F


def parse_web_logs(lines):
    text = r'"((?:[^"\\]+|\\.)*)"'
    pattern = r"^([^\s]+) [^\s]+ ([^\s]+) \[([^\]]+)\] " + text + r" ([0-9]{3}) ([0-9]+|-) " + text + " " + text + "$"
    parts = F.split(F.regexp_replace("value", pattern, "$1\u0001$2\u0001$3\u0001$4\u0001$5\u0001$6\u0001$7\u0001$8"), "\u0001")
    rows = lines.filter(F.col("value").rlike(r"\S")).select("value", parts.alias("p"))
    at = F.try_to_timestamp(F.col("p")[2], F.lit("dd/MMM/yyyy:HH:mm:ss Z"))
    request = F.split(F.col("p")[3], " ")

    def unless_hyphen(place):
        return F.when(F.col("p")[place] != "-", F.col("p")[place])

    reason = (
        F.when(F.size("p") != 8, F.lit("format")).when(at.isNull(), F.lit("time"))
        .when((F.size(request) != 3) | (F.array_min(F.transform(request, F.length)) == 0), F.lit("request"))
    )
    good = F.struct(
        F.col("p")[0].alias("ip"), unless_hyphen(1).alias("user"), at.alias("at"), request[0].alias("method"), request[1].alias("path"),
        F.col("p")[4].cast("int").alias("status"), unless_hyphen(5).cast("long").alias("bytes"), unless_hyphen(6).alias("referer"), unless_hyphen(7).alias("agent"),
    )
    return rows.select(F.col("value").alias("line"), reason.alias("reason"), F.when(reason.isNull(), good).alias("g")).select("line", "reason", "g.*")
