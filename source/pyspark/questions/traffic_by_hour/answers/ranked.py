from pyspark.sql import Window, functions as F


def traffic_by_hour(hits):
    keys = ["hour", "page"]
    cut = hits.select(
        F.from_unixtime(F.floor(F.unix_timestamp("at") / 3600) * 3600).cast("timestamp").alias("hour"),
        F.regexp_extract("path", r"^[^?]*", 0).alias("page"), "ip", "status", "bytes",
    )
    known = Window.partitionBy(*keys)
    place = F.row_number().over(known.orderBy(F.col("bytes").asc_nulls_last()))
    ranked = cut.withColumn("place", place).withColumn("known", F.count("bytes").over(known))
    p95 = F.min(F.when(F.col("bytes").isNotNull() & (F.col("place") * 100 >= F.col("known") * 95), F.col("bytes")))
    return ranked.groupBy(*keys).agg(
        F.count(F.lit(1)).alias("hits"), F.size(F.collect_set("ip")).alias("visitors"),
        (F.sum(F.when(F.col("status") >= 400, 1).otherwise(0)) / F.count(F.lit(1))).alias("error_rate"), F.sum("bytes").alias("bytes"), p95.alias("p95_bytes"),
    )
