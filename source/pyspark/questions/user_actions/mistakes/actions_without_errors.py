# `total_actions` leaves the error lines out; an action that failed is an action too. Expected was the number of all lines of the user.
# breaks: every line, by level
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(F.regexp_extract("value", r"user=(\d+)", 1).alias("user_id"), F.split("value", " ")[2].alias("level"))
    return parsed.groupBy("user_id").agg(F.count_if(F.col("level") == "INFO").alias("total_actions"), F.count_if(F.col("level") == "ERROR").alias("total_errors"))
