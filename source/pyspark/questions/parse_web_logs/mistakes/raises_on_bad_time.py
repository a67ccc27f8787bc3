# The job stops at a time that does not exist: in Spark 4 `to_timestamp` and `cast` raise for text that they cannot read. The `try_` functions give NULL.
# breaks: time
from pyspark.sql import functions as F


def parse_web_logs(lines):
    quoted = r'"((?:[^"\\]|\\.)*)"'
    pattern = rf"^(\S+) \S+ (\S+) \[([^\]]+)\] {quoted} (\d{{3}}) (\d+|-) {quoted} {quoted}$"
    names = ("ip", "user", "time", "request", "status", "bytes", "referer", "agent")
    parts = [F.regexp_extract("value", pattern, place).alias(name) for place, name in enumerate(names, 1)]
    cut = lines.where(r"value rlike '\\S'").select(F.col("value").alias("line"), F.col("value").rlike(pattern).alias("fits"), *parts)
    cut = cut.withColumn("at", F.to_timestamp(F.when(F.col("fits"), F.col("time")), "dd/MMM/yyyy:HH:mm:ss Z")).withColumn("words", F.split("request", " "))
    odd = (F.size("words") != 3) | F.array_contains("words", "")
    reason = F.when(~F.col("fits"), "format").when(F.col("at").isNull(), "time").when(odd, "request")
    judged = cut.withColumn("reason", reason)
    values = {
        "ip": F.col("ip"), "user": F.nullif("user", F.lit("-")), "at": F.col("at"), "method": F.col("words")[0],
        "path": F.try_element_at("words", F.lit(2)), "status": F.col("status").try_cast("int"),
        "bytes": F.col("bytes").try_cast("bigint"), "referer": F.nullif("referer", F.lit("-")), "agent": F.nullif("agent", F.lit("-")),
    }
    good = [F.when(F.col("reason").isNull(), value).alias(name) for name, value in values.items()]
    return judged.select("line", "reason", *good)
