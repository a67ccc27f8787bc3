# Lines are lost whose first field is not a date such as `2024-01-01`. The first two fields count as date and time whatever they look like.
# breaks: date and time
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"),
        F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id"),
        "value",
    ).where("user_id <> '' and value rlike '^\\\\s*[0-9]{4}-'")
    return parsed.groupBy("user_id").agg(
        F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors")
    )
