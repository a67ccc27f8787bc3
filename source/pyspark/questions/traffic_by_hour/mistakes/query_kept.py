# Each query of a page stands as a page of its own. Expected was the path up to its first question mark.
# breaks: page
from pyspark.sql import functions as F


def traffic_by_hour(hits):
    page = F.col("path")
    return hits.groupBy(F.date_trunc("hour", "at").alias("hour"), page.alias("page")).agg(
        F.count("*").alias("hits"),
        F.count_distinct("ip").alias("visitors"),
        F.avg((F.col("status") >= 400).cast("double")).alias("error_rate"),
        F.sum("bytes").alias("bytes"),
        F.expr("percentile_disc(0.95) within group (order by bytes)").cast("bigint").alias("p95_bytes"),
    )
