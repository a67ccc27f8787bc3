def week_of_sales(lake, first_day, last_day):
    from pyspark.sql import SparkSession, functions as F

    sales = SparkSession.active().read.parquet(lake)
    by_day = sales.groupBy("day", "sku").agg(F.sum("qty").alias("pieces"), F.sum(F.expr("qty * unit_price")).alias("revenue"))
    week = by_day.filter((F.col("day") >= F.lit(first_day)) & (F.col("day") <= F.lit(last_day)))
    return week.groupBy("sku").agg(F.sum("pieces").alias("pieces"), F.sum("revenue").alias("revenue"))
