# Lines of other levels than INFO and ERROR are left out; every line with a user counts, whatever its level.
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"), F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id")).where("user_id <> ''").where(F.upper("level").isin("INFO", "ERROR"))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors"))
