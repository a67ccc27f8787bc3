# The rows are right, but each of them goes through a Python function, which looks the product up in a dictionary: it is written out, sent to a Python process and read back. Expected was Spark's own join or map.
# breaks: items stay
from pyspark.sql import functions as F


def enrich_items(items, products):
    latest = {row.sku: (row["name"], row.category_id) for row in products.where("sku is not null").orderBy("listed_on").collect()}
    find = F.udf(lambda sku: latest.get(sku, (None, None)), "name string, category_id int")
    return items.withColumn("product", find("sku")).select(*items.columns, "product.name", "product.category_id")
