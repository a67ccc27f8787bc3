# The items of the most frequent sku have no row: the hot key was filtered out, and nothing waits for it any more. Each pair was expected.
from pyspark.sql import functions as F


def join_promos(items, promos):
    hot = items.where("sku is not null").groupBy("sku").count().orderBy(F.desc("count"), "sku").limit(1).select("sku")
    return items.join(F.broadcast(hot), "sku", "left_anti").join(promos, "sku").select("item_id", "sku", "promo_id", "percent")
