from pyspark.sql import functions as F


def user_actions_robust(lines):
    fields = F.filter(F.split("value", r"[ \t]+"), lambda field: field != "")
    users = F.filter(F.slice("fields", 4, 1000), lambda field: field.startswith("user=") & (F.length(field) > 5))
    parsed = (
        lines.select(fields.alias("fields"))
        .where(F.size("fields") >= 4)
        .select(F.lower(F.col("fields")[2]).alias("level"), users.alias("users"))
        .where(F.size("users") > 0)
    )
    return parsed.groupBy(F.substring(F.col("users")[0], 6, 10000).alias("user_id")).agg(
        F.count("*").alias("total_actions"), F.count_if(F.col("level") == "error").alias("total_errors")
    )
