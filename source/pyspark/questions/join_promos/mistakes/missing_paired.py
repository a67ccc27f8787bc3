# Items without a sku were given the promotions without one: in `<=>`, or when NULL is made an empty text, nothing equals nothing. No row was expected.
# breaks: missing sku
from pyspark.sql import functions as F


def join_promos(items, promos):
    salted = items.withColumn("salt", F.pmod(F.hash("item_id"), F.lit(16))).withColumn("key", F.coalesce("sku", F.lit("")))
    every = promos.withColumn("salt", F.explode(F.sequence(F.lit(0), F.lit(15)))).withColumn("key", F.coalesce("sku", F.lit(""))).drop("sku")
    return salted.join(every, ["key", "salt"]).select("item_id", "sku", "promo_id", "percent")
