# The hour is a number, or that of another day: all days fall together. Expected was the start of the hour, as a timestamp.
# breaks: hour
from pyspark.sql import functions as F


def traffic_by_hour(hits):
    page = F.substring_index("path", "?", 1)
    return hits.groupBy(F.make_timestamp(F.lit(2025), F.lit(3), F.lit(5), F.hour("at"), F.lit(0), F.lit(0)).alias("hour"), page.alias("page")).agg(
        F.count("*").alias("hits"),
        F.count_distinct("ip").alias("visitors"),
        F.avg((F.col("status") >= 400).cast("double")).alias("error_rate"),
        F.sum("bytes").alias("bytes"),
        F.expr("percentile_disc(0.95) within group (order by bytes)").cast("bigint").alias("p95_bytes"),
    )
