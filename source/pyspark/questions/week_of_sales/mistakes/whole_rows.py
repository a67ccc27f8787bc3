# The rows are right, but whole rows were read: a step such as `dropDuplicates()` over all columns needs them all. Three columns were expected; look at ReadSchema.
# breaks: columns read
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales.where(F.col("day").between(first_day, last_day)).dropDuplicates()
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
