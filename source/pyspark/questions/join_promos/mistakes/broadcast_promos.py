# The rows are right, but all of `promos` is broadcast: it is too large to be copied to every task. Expected were at most 100 rows; split the hot sku in place of that.
# breaks: no copies of promos
from pyspark.sql import functions as F


def join_promos(items, promos):
    return items.join(F.broadcast(promos), "sku").select("item_id", "sku", "promo_id", "percent")
