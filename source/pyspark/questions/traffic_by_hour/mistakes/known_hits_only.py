# Hits without a size are left out. They are hits: only `bytes` and `p95_bytes` look at the sizes that are known.
# breaks: sizes known
from pyspark.sql import functions as F


def traffic_by_hour(hits):
    page = F.substring_index("path", "?", 1)
    return hits.where("bytes is not null").groupBy(F.date_trunc("hour", "at").alias("hour"), page.alias("page")).agg(
        F.count("*").alias("hits"),
        F.count_distinct("ip").alias("visitors"),
        F.avg((F.col("status") >= 400).cast("double")).alias("error_rate"),
        F.sum("bytes").alias("bytes"),
        F.expr("percentile_disc(0.95) within group (order by bytes)").cast("bigint").alias("p95_bytes"),
    )
