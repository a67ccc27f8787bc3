# Orders whose price says no number are among the orders, without a price. A cast makes null of what does not fit: look at which rows it did that to.
# breaks: quarantine
def two_types_in_a_column(path):
    return orders_of(path).resolveChoice(specs=[("price", "cast:double")]).toDF().select("order_id", "price")


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
