# Orders without a price are in quarantine. Null after a cast has two reasons: look at the price as it was before.
# breaks: no price
def two_types_in_a_column(path):
    cast = orders_of(path).resolveChoice(specs=[("price", "cast:double")]).toDF()
    return cast.where("price is not null").select("order_id", "price")


def two_types_in_a_column_quarantine(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    return written.where("try_cast(price as double) is null").select("order_id", "price")


def two_types_in_a_column_items(path):
    resolved = orders_of(path).resolveChoice(specs=[("items[].quantity", "cast:int")]).toDF()
    return resolved.selectExpr("order_id", "inline(items)").select("order_id", "sku", "quantity")


def two_types_in_a_column_counts(path):
    return {
        "orders": two_types_in_a_column(path).count(),
        "quarantine": two_types_in_a_column_quarantine(path).count(),
        "broken": orders_of(path).errorsCount(),
    }
