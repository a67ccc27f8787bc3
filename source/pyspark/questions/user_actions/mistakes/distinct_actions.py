# `total_actions` counts each kind of action once; expected was the number of lines of the user.
# breaks: every line
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"user=(\d+)", 1).alias("user_id"), F.split("value", " ")[2].alias("level"), F.regexp_extract("value", r"action=(\w+)", 1).alias("action")
    )
    return parsed.groupBy("user_id").agg(F.countDistinct("action").alias("total_actions"), F.count_if(F.col("level") == "ERROR").alias("total_errors"))
