# Sales were taken by `sold_at`, the clock of a till, which can be off by days, and every file was opened for it. The day of the folder was expected.
# breaks: folder's day, folders read
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales.where(F.to_date("sold_at").between(first_day, last_day))
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
