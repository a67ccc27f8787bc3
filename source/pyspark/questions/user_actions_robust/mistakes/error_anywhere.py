# Lines count as errors when ERROR stands anywhere in them, also in an action or another level. Expected was the third field alone, exactly `ERROR` in any letter case.
# breaks: error
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(F.col("value").alias("level"), F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id")).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count(F.when(F.upper("level").contains("ERROR"), True)).alias("total_errors"))
