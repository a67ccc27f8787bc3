# All days of the lake are added up; expected were those from `first_day` to `last_day`.
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    week = sales
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
