# Prices that were text are gone. toDF makes a struct of a choice, with a field for each type; one of them alone is read.
def two_types_in_a_column(path):
    struct = orders_of(path).toDF()
    kinds = [field.name for field in struct.schema["price"].dataType.fields if field.name != "string"]
    number = "coalesce(" + ", ".join(f"cast(price.{kind} as double)" for kind in kinds) + ", null)"
    return struct.selectExpr("order_id", f"{number} as price")


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
