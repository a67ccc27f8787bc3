from pyspark.sql import functions as F


def user_actions(lines):
    fields = F.split("value", " ")
    return (
        lines.select(F.split(fields[3], "=")[1].cast("int").alias("user_id"), (fields[2] == "ERROR").cast("int").alias("error"))
        .groupBy("user_id")
        .agg(F.sum("error").alias("total_errors"), F.count(F.lit(1)).alias("total_actions"))
        .orderBy("user_id")
    )
