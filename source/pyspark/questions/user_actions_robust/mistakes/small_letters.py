# Users that differ in capital letters are merged: `U-7.b` and `u-7.b` are two. A user is text, taken as it stands.
# breaks: user as it stands
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"),
        F.lower(F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1)).alias("user_id"),
        "value",
    ).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(
        F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors")
    )
