# There is a row for a user whose id is empty: `regexp_extract` gives '' and not NULL when nothing matches. Lines without a user were to be left out.
# breaks: lines that count
from pyspark.sql import functions as F


def user_actions_robust(lines):
    parsed = lines.select(F.regexp_extract("value", r"^\s*\S+\s+\S+\s+(\S+)", 1).alias("level"), F.regexp_extract("value", r"^\s*\S+\s+\S+\s+\S+(?:\s.*)?\suser=(\S+)", 1).alias("user_id"))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count(F.when(F.upper("level") == "ERROR", True)).alias("total_errors"))
