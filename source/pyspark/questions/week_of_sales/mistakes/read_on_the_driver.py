# The rows are right, but the files were read by pandas on the driver, one after the other, and Spark was handed the sums. Spark's tasks were expected to read them.
# breaks: folders read
from pathlib import Path

import pandas as pd
from pyspark.sql import SparkSession


def week_of_sales(lake, first_day, last_day):
    days = [day.date() for day in pd.date_range(first_day, last_day)]
    files = [file for day in days for file in sorted((Path(lake) / f"day={day}").glob("*.parquet"))]
    parts = [pd.read_parquet(file, columns=["sku", "qty", "unit_price"]) for file in files]
    schema = "sku string, pieces bigint, revenue decimal(20,2)"
    if not parts:
        return SparkSession.active().createDataFrame([], schema)
    week = pd.concat(parts)
    week["revenue"] = week["qty"] * week["unit_price"]
    sums = week.groupby("sku", as_index=False).agg(pieces=("qty", "sum"), revenue=("revenue", "sum"))
    return SparkSession.active().createDataFrame(list(sums.itertuples(index=False, name=None)), schema)
