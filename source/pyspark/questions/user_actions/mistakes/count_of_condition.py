# `total_errors` equals `total_actions` for every user: `count` counts every value that is not NULL, also `False`. Expected was the number of lines whose level is ERROR.
# breaks: by level, no errors
from pyspark.sql.functions import col, count, regexp_extract


def user_actions(lines):
    parsed = lines.select(
        regexp_extract("value", r"user=(\d+)", 1).alias("user_id"), regexp_extract("value", r"(INFO|ERROR)", 1).alias("log_level")
    )
    return parsed.groupBy("user_id").agg(count("*").alias("total_actions"), count(col("log_level") == "ERROR").alias("total_errors"))
