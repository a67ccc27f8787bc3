# An item has one promotion where its sku is in several. A row for each of them was expected.
from pyspark.sql import functions as F


def join_promos(items, promos):
    salted = items.withColumn("salt", F.pmod(F.hash("item_id"), F.lit(16)))
    one = promos.groupBy("sku").agg(F.min_by("promo_id", "promo_id").alias("promo_id"), F.min_by("percent", "promo_id").alias("percent"))
    every = one.withColumn("salt", F.explode(F.sequence(F.lit(0), F.lit(15))))
    return salted.join(every, ["sku", "salt"]).select("item_id", "sku", "promo_id", "percent")
