# Lines count as errors when their action says `failed`; expected was the level ERROR.
# breaks: by level
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(F.regexp_extract("value", r"user=(\d+)", 1).alias("user_id"), F.col("value").contains("failed").alias("failed"))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count_if("failed").alias("total_errors"))
