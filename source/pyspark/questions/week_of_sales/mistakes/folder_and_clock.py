# Sales of the right folders are left out where `sold_at` lies on another day. The day of the folder alone was expected to decide.
# breaks: folder's day
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales.where(F.col("day").between(first_day, last_day)).where(F.to_date("sold_at").between(first_day, last_day))
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
