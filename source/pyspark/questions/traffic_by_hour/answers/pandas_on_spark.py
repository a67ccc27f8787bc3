def traffic_by_hour(hits):
    import pyspark.pandas as ps
    from pyspark.sql import functions as F

    cut = hits.withColumns({"hour": F.date_trunc("hour", "at"), "page": F.split("path", r"\?").getItem(0), "error": (F.col("status") >= 400).cast("int")})
    frame = cut.pandas_api()
    grouped = frame.groupby(["hour", "page"])
    report = ps.concat([grouped["ip"].count().rename("hits"), grouped["ip"].nunique().rename("visitors"), grouped["error"].mean().rename("error_rate")], axis=1)
    sizes = cut.groupBy("hour", "page").agg(F.sum("bytes").alias("bytes"), F.expr("percentile_disc(0.95) within group (order by bytes)").cast("bigint").alias("p95_bytes"))
    return report.reset_index().to_spark().join(sizes, ["hour", "page"])
