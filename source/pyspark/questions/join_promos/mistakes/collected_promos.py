# The rows are right, but both tables were fetched to the driver and joined there. `promos` is too large for that, and the items are larger; at most 100 rows were expected.
# breaks: no copies of promos
def join_promos(items, promos):
    sold, of = items.toPandas().dropna(subset=["sku"]), promos.toPandas().dropna(subset=["sku"])
    return sold.merge(of, on="sku")[["item_id", "sku", "promo_id", "percent"]]
