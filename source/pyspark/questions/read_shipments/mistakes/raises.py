# The job stops at a value that cannot be read: in Spark 4 `cast` raises. `try_cast` gives NULL, and the record was expected to keep its row.
from functools import reduce
from pathlib import Path

from pyspark.sql import SparkSession, functions as F


def read_shipments(folder):
    spark = SparkSession.active()
    csv = [spark.read.csv(str(file), header=True, multiLine=True, escape='"') for file in Path(folder).glob("v[12]/*.csv")]
    names = ("shipment_id", "sku", "weight_kg", "shipped_local", "carrier", "note")
    json = spark.read.schema(", ".join(f"{name} string" for name in names)).json(f"{folder}/v3")
    rows = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), csv, json)

    local = F.try_to_timestamp("shipped_local", F.lit("yyyy-MM-dd HH:mm:ss"))
    typed = rows.select(
        F.col("shipment_id").cast("bigint").alias("shipment_id"), "sku",
        F.col("weight_kg").cast("decimal(10,3)").alias("weight_kg"),
        F.to_utc_timestamp(local, "Europe/Amsterdam").alias("shipped_at"), "carrier", "note",
    )
    unreadable = F.when(F.col("shipment_id").isNull(), "shipment_id").when(F.col("weight_kg").isNull(), "weight_kg")
    return typed.withColumn("unreadable", unreadable.when(F.col("shipped_at").isNull(), "shipped_local"))
