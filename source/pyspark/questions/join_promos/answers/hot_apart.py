from pyspark.sql import functions as F


def join_promos(items, promos):
    counts = items.sample(fraction=1.0, seed=7).groupBy("sku").count().where("sku is not null")
    hot = [row.sku for row in counts.orderBy(F.desc("count")).limit(5).collect()]
    is_hot = F.coalesce(F.col("sku").isin(hot), F.lit(False)) if hot else F.lit(False)
    few = promos.where(is_hot)
    one = items.where(is_hot).join(F.broadcast(few), "sku")
    rest = items.where(~is_hot).join(promos.where(~is_hot), "sku")
    return one.unionByName(rest).select("item_id", "sku", "promo_id", "percent")
