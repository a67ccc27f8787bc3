from pyspark.sql import Window, functions as F


def enrich_items(items, products):
    by_day = Window.partitionBy("sku").orderBy(F.col("listed_on").desc())
    latest = products.withColumn("place", F.row_number().over(by_day)).filter("place = 1").drop("place", "listed_on")
    return latest.hint("broadcast").join(items, on="sku", how="right")
