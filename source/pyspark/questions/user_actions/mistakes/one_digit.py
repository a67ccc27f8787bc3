# Users are merged by the first digit of their id. A pattern for one digit takes one digit; expected was the whole number.
# breaks: whole number
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(F.regexp_extract("value", r"user=(\d)", 1).alias("user_id"), F.split("value", " ")[2].alias("level"))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count_if(F.col("level") == "ERROR").alias("total_errors"))
