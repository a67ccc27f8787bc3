# Levels in mixed case, such as `Error`, are not counted as errors; `ERROR` in any letter case was expected.
# breaks: letter case
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"),
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id"),
        "value",
    ).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(
        F.count("*").alias("total_actions"), F.count(F.when(F.col("level").isin("ERROR", "error"), True)).alias("total_errors")
    )
