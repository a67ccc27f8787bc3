# Lines are kept when the user `is not null`, and an empty text is not NULL; besides, only lines with an action count. Expected was every line with a user that is not empty.
# breaks: lines that count, any action
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"), F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id"), "value").where("user_id is not null").where(F.col("value").contains("action="))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors"))
