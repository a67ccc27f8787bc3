import csv
import datetime as dt
import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

SCHEMA = "shipment_id bigint, sku string, weight_kg decimal(10,3), shipped_at timestamp, carrier string, note string, unreadable string"
READ = {
    "shipment_id": int,
    "weight_kg": Decimal,
    "shipped_local": lambda text: dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo("Europe/Amsterdam")),
}


def read_shipments(folder):
    from pyspark.sql import SparkSession

    rows = []
    for file in sorted(Path(folder).glob("v*/*")):
        with file.open(encoding="utf-8", newline="") as lines:
            rows += [json.loads(line) for line in lines] if file.suffix == ".json" else list(csv.DictReader(lines))
    typed = []
    for row in rows:
        values, unreadable = {}, None
        for name, read in READ.items():
            try:
                values[name] = read(row[name])
            except (ValueError, InvalidOperation):
                values[name], unreadable = None, unreadable or name
        typed.append((values["shipment_id"], row["sku"], values["weight_kg"], values["shipped_local"], row.get("carrier"), row["note"], unreadable))
    return SparkSession.active().createDataFrame(typed, SCHEMA)
