# Pairs are there sixteen times: both sides have a row for every salt. One side is split, each row with one salt; only the other one is copied.
from pyspark.sql import functions as F


def join_promos(items, promos):
    salts = F.explode(F.sequence(F.lit(0), F.lit(15)))
    return items.withColumn("salt", salts).join(promos.withColumn("salt", salts), ["sku", "salt"]).select("item_id", "sku", "promo_id", "percent")
