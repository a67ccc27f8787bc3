# Lines that are no JSON are not counted. A frame does not hold them as records, but as errors: look at how it tells how many.
# breaks: counts
def two_types_in_a_column(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    told = written.selectExpr("order_id", "price as text", "try_cast(price as double) as price")
    return told.where("price is not null or text is null").select("order_id", "price")


def two_types_in_a_column_quarantine(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    return written.where("price is not null and try_cast(price as double) is null").select("order_id", "price")


def two_types_in_a_column_items(path):
    resolved = orders_of(path).resolveChoice(specs=[("items[].quantity", "cast:int")]).toDF()
    return resolved.selectExpr("order_id", "inline(items)").select("order_id", "sku", "quantity")


def two_types_in_a_column_counts(path):
    orders, quarantine = two_types_in_a_column(path).count(), two_types_in_a_column_quarantine(path).count()
    return {"orders": orders, "quarantine": quarantine, "broken": orders_of(path).count() - orders - quarantine}
