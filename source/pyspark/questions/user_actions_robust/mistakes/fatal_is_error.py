# FATAL lines are counted as errors; an error is exactly `ERROR`, in any letter case.
# breaks: error
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"), F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id")).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count(F.when(F.upper("level").isin("ERROR", "FATAL"), True)).alias("total_errors"))
