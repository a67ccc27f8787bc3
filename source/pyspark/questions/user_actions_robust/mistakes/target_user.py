# The value of `target_user=` is taken for the user; expected was the field whose key is exactly `user`.
# breaks: user key, date and time
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"), F.regexp_extract("value", r"user=(\S+)", 1).alias("user_id")).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors"))
