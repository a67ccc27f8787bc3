# A `user=` among the first three fields is taken for the user. Whatever these look like they are date, time and level; the user is a field after them.
# breaks: date and time
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"),
        F.regexp_extract("value", r"(?:^|\s)user=(\S+)", 1).alias("user_id"),
        "value",
    ).where("user_id <> ''")
    return parsed.groupBy("user_id").agg(
        F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors")
    )
