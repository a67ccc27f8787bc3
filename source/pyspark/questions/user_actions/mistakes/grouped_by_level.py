# There is a row per user and level; one row per user was expected. Look at what the lines are grouped by.
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(F.regexp_extract("value", r"user=(\d+)", 1).alias("user_id"), F.split("value", " ")[2].alias("level"))
    counts = parsed.groupBy("user_id", "level").agg(F.count("*").alias("total_actions"), F.count_if(F.col("level") == "ERROR").alias("total_errors"))
    return counts.drop("level")
