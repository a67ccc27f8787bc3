# Items without a sku were given a product that has none either: `<=>` and `eqNullSafe` make NULL equal to NULL. No product was expected.
# breaks: missing sku
from pyspark.sql import functions as F


def enrich_items(items, products):
    latest = products.groupBy("sku").agg(F.max_by("name", "listed_on").alias("name"), F.max_by("category_id", "listed_on").alias("category_id"))
    small = F.broadcast(latest.withColumnRenamed("sku", "listed"))
    return items.join(small, items.sku.eqNullSafe(small.listed), "left").drop("listed")
