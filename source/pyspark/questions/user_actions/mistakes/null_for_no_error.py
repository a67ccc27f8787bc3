# `total_errors` is NULL for users without an error; 0 was expected. A sum over nothing but NULL is NULL.
# breaks: no errors
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(F.regexp_extract("value", r"user=(\d+)", 1).alias("user_id"), F.split("value", " ")[2].alias("level"))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.sum(F.when(F.col("level") == "ERROR", 1)).alias("total_errors"))
