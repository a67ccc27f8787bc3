# Products that were listed more than once are left out, so their items have no name. The latest listing was expected.
# breaks: listed again
from pyspark.sql import functions as F


def enrich_items(items, products):
    once = products.groupBy("sku").agg(F.first("name").alias("name"), F.first("category_id").alias("category_id"), F.count("*").alias("n"))
    return items.join(F.broadcast(once.where("n = 1").drop("n")), "sku", "left")
