# Of a product that was listed again an earlier listing, or any of them, is taken: `dropDuplicates` does not say which row it keeps. The one with the latest `listed_on` was expected.
# breaks: listed again
from pyspark.sql import functions as F


def enrich_items(items, products):
    some = products.orderBy("listed_on").coalesce(1).dropDuplicates(["sku"]).drop("listed_on")
    return items.join(F.broadcast(some), "sku", "left")
