# An item has a row for each listing of its product, so that its pieces are counted twice and more. One row was expected: look at how many rows a sku has in `products`.
# breaks: listed again
from pyspark.sql import functions as F


def enrich_items(items, products):
    return items.join(F.broadcast(products.drop("listed_on")), "sku", "left")
