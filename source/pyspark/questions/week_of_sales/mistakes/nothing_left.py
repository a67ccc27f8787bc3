# A sku is left out of which as much came back as was sold. It has sales, so its row was expected, with 0 pieces.
# breaks: returns
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales.where(F.col("day").between(first_day, last_day))
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue")).where("pieces <> 0")
