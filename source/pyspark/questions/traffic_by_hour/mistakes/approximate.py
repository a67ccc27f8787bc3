# `p95_bytes` is near the percentile, and not it: `percentile_approx` with a low accuracy, or an approximate count. Expected was the exact size.
# breaks: 95th percentile
from pyspark.sql import functions as F


def traffic_by_hour(hits):
    page = F.substring_index("path", "?", 1)
    return hits.groupBy(F.date_trunc("hour", "at").alias("hour"), page.alias("page")).agg(
        F.count("*").alias("hits"),
        F.count_distinct("ip").alias("visitors"),
        F.avg((F.col("status") >= 400).cast("double")).alias("error_rate"),
        F.sum("bytes").alias("bytes"),
        F.expr("percentile_approx(bytes, 0.95, 10)").cast("bigint").alias("p95_bytes"),
    )
