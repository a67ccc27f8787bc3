from pyspark.sql import functions as F
from pyspark.sql import types as T

NUMBER = r"^\s*([+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?)\s*$"


def told(frame):
    """The orders as a DataFrame, in which a field of several types has become a struct with a member for each."""
    return frame.resolveChoice(choice="make_struct").toDF()


def text(column, kind):
    """What a field says, as text, whichever of its types it has in a row."""
    if isinstance(kind, T.StructType):
        return F.coalesce(*(column.getField(member.name).cast("string") for member in kind.fields))
    return column.cast("string")


def field(rows, name):
    """A field of the orders as text; NULL throughout where no order has it."""
    kinds = {one.name: one.dataType for one in rows.schema.fields}
    return text(F.col(name), kinds[name]) if name in kinds else F.lit(None).cast("string")


def number_in(column):
    """The name of a column of text as an expression: the number it says, or NULL. No NaN, no 12d, no Infinity."""
    digits = F.regexp_extract(F.col(column), NUMBER, 1)
    return F.when(F.col(column).rlike(NUMBER), digits)


def prices(path):
    """Every order once: its number, its price as it was written, and the number that this says."""
    rows = told(orders_of(path))
    written = rows.select(field(rows, "order_id").cast("bigint").alias("order_id"), field(rows, "price").alias("written"))
    digits = written.withColumn("digits", number_in("written"))
    return digits.select("order_id", "written", F.expr("try_cast(digits AS double)").alias("number"))


def two_types_in_a_column(path):
    usable = F.col("written").isNull() | F.col("number").isNotNull()
    return prices(path).where(usable).select("order_id", F.col("number").alias("price"))


def two_types_in_a_column_quarantine(path):
    useless = F.col("written").isNotNull() & F.col("number").isNull()
    return prices(path).where(useless).select("order_id", F.col("written").alias("price"))


def two_types_in_a_column_items(path):
    rows = told(orders_of(path))
    kinds = {one.name: one.dataType for one in rows.schema.fields}
    kind = kinds.get("items")
    if not isinstance(kind, T.ArrayType) or not isinstance(kind.elementType, T.StructType):
        return spark.createDataFrame([], "order_id bigint, sku string, quantity bigint")  # no order has an item
    members = {one.name: one.dataType for one in kind.elementType.fields}
    item = rows.select(field(rows, "order_id").cast("bigint").alias("order_id"), F.explode("items").alias("item"))
    said = item.select(
        "order_id",
        text(F.col("item.sku"), members["sku"]).alias("sku"),
        text(F.col("item.quantity"), members["quantity"]).alias("written"),
    )
    digits = said.withColumn("digits", number_in("written"))
    return digits.select("order_id", "sku", F.expr("CAST(try_cast(digits AS double) AS bigint)").alias("quantity"))


def two_types_in_a_column_counts(path):
    return {
        "orders": two_types_in_a_column(path).count(),
        "quarantine": two_types_in_a_column_quarantine(path).count(),
        "broken": orders_of(path).errorsCount(),
    }
