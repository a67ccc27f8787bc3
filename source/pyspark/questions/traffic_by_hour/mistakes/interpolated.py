# `p95_bytes` lies between two sizes: `percentile` interpolates. Expected was a size that was sent, the smallest that 95 % do not exceed.
# breaks: 95th percentile
from pyspark.sql import functions as F


def traffic_by_hour(hits):
    page = F.substring_index("path", "?", 1)
    return hits.groupBy(F.date_trunc("hour", "at").alias("hour"), page.alias("page")).agg(
        F.count("*").alias("hits"),
        F.count_distinct("ip").alias("visitors"),
        F.avg((F.col("status") >= 400).cast("double")).alias("error_rate"),
        F.sum("bytes").alias("bytes"),
        F.expr("percentile(bytes, 0.95)").cast("bigint").alias("p95_bytes"),
    )
