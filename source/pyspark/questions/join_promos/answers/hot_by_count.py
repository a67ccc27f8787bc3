from pyspark.sql import functions as F


def join_promos(items, promos):
    salts = 64  # a hot sku is cut into so many pieces

    # missing skus match nothing, and would all be sent to one task
    items = items.where(F.col("sku").isNotNull()).select("item_id", "sku")
    promos = promos.where(F.col("sku").isNotNull()).select("promo_id", "sku", "percent")

    # skus with 2 % of the items or more: 50 at most, so few rows come to the driver
    total = items.count()
    hot = [
        row["sku"]
        for row in items.groupBy("sku").agg(F.count(F.lit(1)).alias("n")).where(F.col("n") * 50 >= total).collect()
    ]

    if hot:
        is_hot = F.col("sku").isin(hot)
        piece = F.expr(f"CAST(pmod(xxhash64(item_id), {salts}) AS INT)")
        # an item goes to one piece of its sku, a promotion of a hot sku to all of them
        items = items.withColumn("salt", F.when(is_hot, piece).otherwise(F.lit(0)))
        pieces = F.when(is_hot, F.sequence(F.lit(0), F.lit(salts - 1))).otherwise(F.array(F.lit(0)))
        promos = promos.withColumn("salt", F.explode(pieces))
        joined = items.join(promos, ["sku", "salt"])
    else:
        joined = items.join(promos, "sku")
    return joined.select("item_id", "sku", "promo_id", "percent")
