# A missing size counts as 0 bytes, in `bytes` or in `p95_bytes`. Expected were the known sizes only, and NULL where there is none.
# breaks: sizes known
from pyspark.sql import functions as F


def traffic_by_hour(hits):
    page = F.substring_index("path", "?", 1)
    return hits.groupBy(F.date_trunc("hour", "at").alias("hour"), page.alias("page")).agg(
        F.count("*").alias("hits"),
        F.count_distinct("ip").alias("visitors"),
        F.avg((F.col("status") >= 400).cast("double")).alias("error_rate"),
        F.coalesce(F.sum("bytes"), F.lit(0)).alias("bytes"),
        F.expr("percentile_disc(0.95) within group (order by coalesce(bytes, 0))").cast("bigint").alias("p95_bytes"),
    )
