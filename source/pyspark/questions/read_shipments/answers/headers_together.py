import csv
from functools import reduce
from pathlib import Path

from pyspark.sql import functions as F


def read_shipments(folder):
    names = ["shipment_id", "sku", "weight_kg", "shipped_local", "carrier", "note"]

    # CSV files whose header is the same are read together; Spark matches a schema by position
    by_header = {}
    for version in ("v1", "v2"):
        for path in sorted((Path(folder) / version).iterdir()):
            if not path.is_file() or path.name.startswith((".", "_")):
                continue
            with open(path, encoding="utf-8-sig", newline="") as file:
                header = next(csv.reader(file), None)
            if header:
                by_header.setdefault(tuple(header), []).append(str(path))

    parts = [
        spark.read.schema(", ".join(f"`{name}` STRING" for name in names)).json(str(Path(folder) / "v3"))
    ]
    for header, paths in by_header.items():
        part = (
            spark.read.schema(", ".join(f"`{name}` STRING" for name in header))
            .option("header", True)
            .option("multiLine", True)
            .option("quote", '"')
            .option("escape", '"')
            .option("encoding", "UTF-8")
            .csv(paths)
        )
        if "carrier" not in header:
            part = part.withColumn("carrier", F.lit(None).cast("string"))
        parts.append(part.select(*names))
    text = reduce(lambda a, b: a.unionByName(b), parts)

    # a string with its zone is a moment, whatever the session's time zone
    moment = F.when(
        F.col("shipped_local").rlike(r"\A\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\z"),
        F.expr("try_cast(concat(shipped_local, ' Europe/Amsterdam') AS TIMESTAMP)"),
    )
    typed = text.select(
        F.expr("try_cast(shipment_id AS BIGINT)").alias("shipment_id"),
        "sku",
        F.expr("try_cast(weight_kg AS DECIMAL(10, 3))").alias("weight_kg"),
        moment.alias("shipped_at"),
        "carrier",
        "note",
    )
    return typed.withColumn(
        "unreadable",
        F.when(F.col("shipment_id").isNull(), "shipment_id")
        .when(F.col("weight_kg").isNull(), "weight_kg")
        .when(F.col("shipped_at").isNull(), "shipped_local"),
    )
