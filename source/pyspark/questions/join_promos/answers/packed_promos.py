from pyspark.sql import functions as F


def join_promos(items, promos):
    packed = promos.where("sku is not null").groupBy("sku").agg(F.collect_list(F.struct("promo_id", "percent")).alias("all"))
    salted = items.where("sku is not null").selectExpr("item_id", "sku", "concat(sku, '#', pmod(hash(item_id), 20)) as part")
    split = packed.select("all", F.explode(F.transform(F.sequence(F.lit(0), F.lit(19)), lambda n: F.concat("sku", F.lit("#"), n))).alias("part"))
    found = salted.join(split.hint("shuffle_hash"), "part").select("item_id", "sku", F.explode("all").alias("promo"))
    return found.select("item_id", "sku", "promo.promo_id", "promo.percent")
