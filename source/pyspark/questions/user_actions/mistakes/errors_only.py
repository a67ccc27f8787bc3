# Users without an error are missing: the lines were filtered to ERROR before they were grouped. Expected was every user, with 0 where there is no error.
# breaks: no errors
from pyspark.sql import functions as F


def user_actions(lines):
    parsed = lines.select(F.regexp_extract("value", r"user=(\d+)", 1).alias("user_id"), F.split("value", " ")[2].alias("level"))
    errors = parsed.where("level = 'ERROR'").groupBy("user_id").agg(F.count("*").alias("total_errors"))
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions")).join(errors, "user_id")
