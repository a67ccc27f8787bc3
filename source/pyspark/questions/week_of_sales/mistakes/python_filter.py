# The rows are right, but the days are compared by a Python function: Spark cannot look into it, and opens every file of the lake. A comparison of Spark's own was expected.
# breaks: folders read
from pyspark.sql import SparkSession, functions as F


def week_of_sales(lake, first_day, last_day):
    sales = SparkSession.active().read.parquet(lake)
    inside = F.udf(lambda day: first_day <= day <= last_day, "boolean")
    week = sales.where(inside("day"))
    return week.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.col("qty") * F.col("unit_price")).alias("revenue"))
