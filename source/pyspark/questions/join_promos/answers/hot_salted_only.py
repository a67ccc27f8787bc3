from pyspark.sql import functions as F

SALTS = 16


def join_promos(items, promos):
    counts = items.groupBy("sku").count()
    total = counts.agg(F.sum("count").alias("total"))
    hot = counts.crossJoin(F.broadcast(total)).where("sku is not null and count * 20 > total").select("sku", F.lit(True).alias("hot"))
    salt = F.when(F.col("hot"), F.col("item_id") % SALTS).otherwise(0)
    left = items.join(F.broadcast(hot), "sku", "left").withColumn("salt", salt)
    salts = F.when(F.col("hot"), F.sequence(F.lit(0), F.lit(SALTS - 1))).otherwise(F.array(F.lit(0)))
    right = promos.join(F.broadcast(hot), "sku", "left").withColumn("salt", F.explode(salts))
    return left.join(right.drop("hot"), ["sku", "salt"]).select("item_id", "sku", "promo_id", "percent")
