# Lines without `action=` are left out; a line with a user counts whether or not it has an action.
# breaks: any action
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"),
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id"),
        "value",
    ).where("user_id <> '' and value like '%action=%'")
    return parsed.groupBy("user_id").agg(
        F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors")
    )
