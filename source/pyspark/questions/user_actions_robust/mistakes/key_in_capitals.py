# The value of `USER=` or `User=` is taken for the user; expected was the key `user` in lower case, any other is another key.
# breaks: user key
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"),
        F.regexp_extract("value", r"(?i)^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id"),
        "value",
    ).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(
        F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors")
    )
