# Prices with blanks around them are in quarantine. Blanks around a number do not matter.
# breaks: text
def two_types_in_a_column(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    told = written.where("price is null or price rlike '^-?[0-9]+([.][0-9]+)?$'")
    return told.selectExpr("order_id", "cast(price as double) as price")


def two_types_in_a_column_quarantine(path):
    written = orders_of(path).resolveChoice(specs=[("price", "cast:string")]).toDF()
    return written.where("not price rlike '^-?[0-9]+([.][0-9]+)?$'").select("order_id", "price")


def two_types_in_a_column_items(path):
    resolved = orders_of(path).resolveChoice(specs=[("items[].quantity", "cast:int")]).toDF()
    return resolved.selectExpr("order_id", "inline(items)").select("order_id", "sku", "quantity")


def two_types_in_a_column_counts(path):
    return {
        "orders": two_types_in_a_column(path).count(),
        "quarantine": two_types_in_a_column_quarantine(path).count(),
        "broken": orders_of(path).errorsCount(),
    }
