from pyspark.sql import functions as F


def with_number(path):
    """A column a type, as make_cols names them, and all of them as one number and as one text."""
    frame = orders_of(path).resolveChoice(specs=[("price", "make_cols")]).toDF()
    columns = [F.col(name) for name in frame.columns if name == "price" or name.startswith("price_")]
    number = F.coalesce(*[column.try_cast("double") for column in columns])
    return frame.select("order_id", number.alias("number"), F.coalesce(*[column.cast("string") for column in columns]).alias("text"))


def two_types_in_a_column(path):
    return with_number(path).where(F.col("number").isNotNull() | F.col("text").isNull()).select("order_id", F.col("number").alias("price"))


def two_types_in_a_column_quarantine(path):
    return with_number(path).where(F.col("number").isNull() & F.col("text").isNotNull()).select("order_id", F.col("text").alias("price"))


def two_types_in_a_column_items(path):
    resolved = orders_of(path).resolveChoice(specs=[("items[].quantity", "cast:int"), ("price", "cast:string")])
    frames = resolved.relationalize("root", "s3://wrenfield-tmp/")
    root, items = frames.select("root").toDF(), frames.select("root_items").toDF()
    found = root.select("order_id", F.col("items").alias("id")).join(items, "id")
    return found.select("order_id", F.col("`items.val.sku`").alias("sku"), F.col("`items.val.quantity`").alias("quantity"))


def two_types_in_a_column_counts(path):
    return {
        "orders": two_types_in_a_column(path).count(),
        "quarantine": two_types_in_a_column_quarantine(path).count(),
        "broken": orders_of(path).errorsCount(),
    }
