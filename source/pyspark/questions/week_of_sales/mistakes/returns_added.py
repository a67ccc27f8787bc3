# Returns are added where they were to be taken off: the sign of `qty` is lost.
# breaks: returns
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales.where(F.col("day").between(first_day, last_day)).withColumn("qty", F.abs("qty"))
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
