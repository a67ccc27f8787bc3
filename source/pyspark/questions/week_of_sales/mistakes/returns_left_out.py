# Returns are left out. They count like any other sale, with their negative quantity.
# breaks: returns
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales.where(F.col("day").between(first_day, last_day)).where("qty > 0")
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
