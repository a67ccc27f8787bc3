from awsglue.transforms import ApplyMapping, Filter, Map, ResolveChoice


def number_of(price):
    try:
        return float(price)
    except (TypeError, ValueError):
        return None


def split(path):
    """The records with a number or no price at all, and those whose price says nothing."""
    frame = orders_of(path)
    good = Filter.apply(frame=frame, f=lambda record: record.get("price") is None or number_of(record["price"]) is not None)
    bad = Filter.apply(frame=frame, f=lambda record: record.get("price") is not None and number_of(record["price"]) is None)
    return good, bad


def two_types_in_a_column(path):
    numbered = Map.apply(frame=split(path)[0], f=lambda record: {"order_id": record["order_id"], "price": number_of(record.get("price"))})
    return ResolveChoice.apply(frame=numbered, specs=[("price", "cast:double")]).toDF()


def two_types_in_a_column_quarantine(path):
    bad = split(path)[1]
    if not bad.count():
        return spark.createDataFrame([], "order_id long, price string")
    texts = bad.resolveChoice(specs=[("price", "cast:string")])
    return ApplyMapping.apply(frame=texts, mappings=[("order_id", "int", "order_id", "long"), ("price", "string", "price", "string")]).toDF()


def two_types_in_a_column_items(path):
    rows = [(row.order_id, item.sku, int(item.quantity)) for row in orders_of(path).resolveChoice(specs=[("items[].quantity", "cast:string")]).toDF().collect() for item in row.items or []]
    return spark.createDataFrame(rows, "order_id long, sku string, quantity int")


def two_types_in_a_column_counts(path):
    good, bad = split(path)
    return {"orders": good.count(), "quarantine": bad.count(), "broken": orders_of(path).errorsCount()}
