import csv
from pathlib import Path

NAMES = ["shipment_id", "sku", "weight_kg", "shipped_local", "carrier", "note"]


def read_shipments(folder):
    from pyspark.sql import SparkSession

    spark = SparkSession.active()
    rows = spark.read.schema(", ".join(f"{name} string" for name in NAMES)).json(str(Path(folder) / "v3"))
    for file in sorted(Path(folder).glob("v[12]/*")):
        with file.open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        frame = spark.read.schema(", ".join(f"{name} string" for name in header)).csv(str(file), header=True, multiLine=True, quote='"', escape='"')
        if "carrier" not in header:
            frame = frame.selectExpr("*", "cast(null as string) as carrier")
        rows = rows.union(frame.select(*NAMES))
    return rows.selectExpr(
        "try_cast(shipment_id as int) as shipment_id", "sku", "try_cast(weight_kg as decimal(12,3)) as weight_kg",
        "to_utc_timestamp(try_cast(shipped_local as timestamp), 'Europe/Amsterdam') as shipped_at", "carrier", "note",
        "case when try_cast(shipment_id as int) is null then 'shipment_id' when try_cast(weight_kg as decimal(12,3)) is null then 'weight_kg'"
        " when try_cast(shipped_local as timestamp) is null then 'shipped_local' end as unreadable",
    )
