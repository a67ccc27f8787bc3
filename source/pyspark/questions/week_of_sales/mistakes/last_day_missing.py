# Sales of the last day are missing. Both ends count: a day that is compared with `<` is left out.
# breaks: both ends
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales.where((F.col("day") >= first_day) & (F.col("day") < last_day))
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
