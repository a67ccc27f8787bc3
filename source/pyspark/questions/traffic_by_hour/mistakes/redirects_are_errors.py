# Redirects count as errors, or all that is not 200. Expected were the statuses from 400.
# breaks: error rate
from pyspark.sql import functions as F


def traffic_by_hour(hits):
    page = F.substring_index("path", "?", 1)
    return hits.groupBy(F.date_trunc("hour", "at").alias("hour"), page.alias("page")).agg(
        F.count("*").alias("hits"),
        F.count_distinct("ip").alias("visitors"),
        F.avg((F.col("status") >= 300).cast("double")).alias("error_rate"),
        F.sum("bytes").alias("bytes"),
        F.expr("percentile_disc(0.95) within group (order by bytes)").cast("bigint").alias("p95_bytes"),
    )
