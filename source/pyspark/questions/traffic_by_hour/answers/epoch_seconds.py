from pyspark.sql import functions as F


def traffic_by_hour(hits):
    # whole hours since 1970 in UTC: does not depend on the session's time zone
    hour = F.expr("timestamp_seconds(unix_seconds(at) - pmod(unix_seconds(at), 3600))")
    return (
        hits.select(
            hour.alias("hour"),
            F.substring_index("path", "?", 1).alias("page"),
            "ip",
            "status",
            "bytes",
        )
        .groupBy("hour", "page")
        .agg(
            F.count(F.lit(1)).alias("hits"),
            F.countDistinct("ip").alias("visitors"),
            F.avg((F.col("status") >= 400).cast("double")).alias("error_rate"),
            F.sum("bytes").alias("bytes"),
            F.expr("CAST(percentile_disc(0.95) WITHIN GROUP (ORDER BY bytes) AS BIGINT)").alias("p95_bytes"),
        )
    )
