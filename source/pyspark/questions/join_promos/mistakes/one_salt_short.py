# Some items have lost all their promotions: those whose salt the other side does not have. Both sides need the same salts, the first and the last included; `range` leaves its end out, `sequence` does not.
from pyspark.sql import functions as F


def join_promos(items, promos):
    salted = items.withColumn("salt", F.pmod(F.hash("item_id"), F.lit(16)))
    every = promos.withColumn("salt", F.explode(F.array(*[F.lit(salt) for salt in range(1, 16)])))
    return salted.join(every, ["sku", "salt"]).select("item_id", "sku", "promo_id", "percent")
