# Prices with a fraction are lost. make_cols makes a column for each type that it finds: look at how many number types there are.
# breaks: numbers
def two_types_in_a_column(path):
    columns = orders_of(path).resolveChoice(specs=[("price", "make_cols")]).toDF()
    told = columns.selectExpr("order_id", "price_string as text", "coalesce(price_int, try_cast(price_string as double)) as price")
    return told.where("price is not null or text is null").select("order_id", "price")


def two_types_in_a_column_quarantine(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    return written.where("price is not null and try_cast(price as double) is null").select("order_id", "price")


def two_types_in_a_column_items(path):
    resolved = orders_of(path).resolveChoice(specs=[("items[].quantity", "cast:int")]).toDF()
    return resolved.selectExpr("order_id", "inline(items)").select("order_id", "sku", "quantity")


def two_types_in_a_column_counts(path):
    return {
        "orders": two_types_in_a_column(path).count(),
        "quarantine": two_types_in_a_column_quarantine(path).count(),
        "broken": orders_of(path).errorsCount(),
    }
