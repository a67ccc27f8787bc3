# Lines are lost whose user is not among the first two fields after the level; fields after the level come in any order, and there may be more of them.
# breaks: any field order
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"),
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+\s+(?:\S+\s+)?user=(\S+)", 1).alias("user_id"),
        "value",
    ).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(
        F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors")
    )
