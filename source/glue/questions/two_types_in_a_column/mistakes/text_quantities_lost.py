# Quantities that are text are gone. The list's elements have a choice of types, too: look at what becomes of each.
# breaks: quantities
def two_types_in_a_column(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    told = written.selectExpr("order_id", "price as text", "try_cast(price as double) as price")
    return told.where("price is not null or text is null").select("order_id", "price")


def two_types_in_a_column_quarantine(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    return written.where("price is not null and try_cast(price as double) is null").select("order_id", "price")


def two_types_in_a_column_items(path):
    resolved = orders_of(path).resolveChoice(specs=[("items[].quantity", "project:int")]).toDF()
    return resolved.selectExpr("order_id", "inline(items)").select("order_id", "sku", "quantity")


def two_types_in_a_column_counts(path):
    return {
        "orders": two_types_in_a_column(path).count(),
        "quarantine": two_types_in_a_column_quarantine(path).count(),
        "broken": orders_of(path).errorsCount(),
    }
