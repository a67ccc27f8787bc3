from pyspark.sql import functions as F
from pyspark.sql import types as T

SCHEMA = T.StructType([
    T.StructField("order_id", T.LongType()), T.StructField("price", T.StringType()),
    T.StructField("items", T.ArrayType(T.StructType([T.StructField("sku", T.StringType()), T.StructField("quantity", T.StringType())]))),
    T.StructField("broken", T.StringType()),
])


def lines_of(path):
    """Every line with its price as text: Spark gives a number its digits where text is asked for."""
    return spark.read.json(path, schema=SCHEMA, columnNameOfCorruptRecord="broken").cache()


def two_types_in_a_column(path):
    number = F.col("price").try_cast("double")
    good = lines_of(path).where(F.col("broken").isNull() & (number.isNotNull() | F.col("price").isNull()))
    return good.select("order_id", number.alias("price"))


def two_types_in_a_column_quarantine(path):
    bad = F.col("price").isNotNull() & F.col("price").try_cast("double").isNull()
    return lines_of(path).where(F.col("broken").isNull() & bad).select("order_id", "price")


def two_types_in_a_column_items(path):
    each = lines_of(path).where("broken is null").select("order_id", F.explode("items").alias("item"))
    return each.select("order_id", "item.sku", F.col("item.quantity").cast("int").alias("quantity"))


def two_types_in_a_column_counts(path):
    tables = {"orders": two_types_in_a_column(path), "quarantine": two_types_in_a_column_quarantine(path)}
    found = {name: table.count() for name, table in tables.items()}
    return {**found, "broken": lines_of(path).where("broken is not null").count()}
