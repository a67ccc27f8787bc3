import datetime as dt
from pathlib import Path


def week_of_sales(lake, first_day, last_day):
    from pyspark.sql import SparkSession, functions as F

    spark = SparkSession.active()
    days = [first_day + dt.timedelta(days=number) for number in range((last_day - first_day).days + 1)]
    folders = [f"{lake}/day={day}" for day in days if (Path(lake) / f"day={day}").is_dir()]
    if not folders:
        return spark.createDataFrame([], "sku string, pieces bigint, revenue decimal(38,2)")
    sales = spark.read.schema("sku string, qty int, unit_price decimal(10,2)").parquet(*folders)
    return sales.groupBy("sku").agg(F.sum("qty").alias("pieces"), F.sum(F.expr("qty * unit_price")).alias("revenue"))
