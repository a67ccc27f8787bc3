# The pairs of the hot sku are there twice: it was joined apart, and again with the rest. The two parts were expected to share no sku.
from pyspark.sql import functions as F


def join_promos(items, promos):
    hot = [row.sku for row in items.where("sku is not null").groupBy("sku").count().orderBy(F.desc("count"), "sku").limit(1).collect()]
    apart = items.where(F.col("sku").isin(hot)).join(F.broadcast(promos.where(F.col("sku").isin(hot))), "sku")
    return apart.unionByName(items.join(promos, "sku")).select("item_id", "sku", "promo_id", "percent")
