# `user_id` holds `user=101` with its key; expected was the value after the equals sign. Group 0 of a pattern is the whole match.
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(F.regexp_extract("value", r"user=(\d+)", 0).alias("user_id"), F.split("value", " ")[2].alias("level"))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count_if(F.col("level") == "ERROR").alias("total_errors"))
