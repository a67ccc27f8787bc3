# The mapping was asked of a column that still holds several types. Resolve the choice first.
def two_types_in_a_column(path):
    return orders_of(path).apply_mapping([("order_id", "int", "order_id", "int"), ("price", "string", "price", "double")]).toDF()


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
