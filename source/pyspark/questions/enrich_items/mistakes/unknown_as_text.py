# Items of unknown products have a name of the answer's own, such as `unknown`, or the category 0. NULL was expected: what is not known stays so.
# breaks: every item
from pyspark.sql import functions as F


def enrich_items(items, products):
    latest = products.groupBy("sku").agg(F.max_by("name", "listed_on").alias("name"), F.max_by("category_id", "listed_on").alias("category_id"))
    joined = items.join(F.broadcast(latest), "sku", "left")
    unknown = F.col("sku").isNotNull() & F.col("name").isNull()
    return joined.withColumns({"name": F.when(unknown, "unknown").otherwise(F.col("name")), "category_id": F.when(unknown, 0).otherwise(F.col("category_id"))})
