# Items without a promotion have a row with NULL; a left join keeps them. Rows were expected for items and their promotions only.
# breaks: every pair
from pyspark.sql import functions as F


def join_promos(items, promos):
    salted = items.where("sku is not null").withColumn("salt", F.pmod(F.hash("item_id"), F.lit(16)))
    every = promos.withColumn("salt", F.explode(F.sequence(F.lit(0), F.lit(15))))
    return salted.join(every, ["sku", "salt"], "left").select("item_id", "sku", "promo_id", "percent")
