# The rows are right, but all items were written to files and joined in a Python loop outside Spark. Expected was that they stay in Spark's tasks: one process cannot hold a hundred million rows.
# breaks: items stay
import tempfile

import pyarrow as pa
import pyarrow.parquet as pq


def enrich_items(items, products):
    folder = tempfile.mkdtemp()
    items.write.parquet(f"{folder}/items")
    table = pq.read_table(f"{folder}/items").replace_schema_metadata()
    listed = [row for row in products.collect() if row.sku is not None]
    last = {row.sku: row for row in sorted(listed, key=lambda row: row.listed_on)}
    found = [last.get(sku) for sku in table["sku"].to_pylist()]
    table = table.append_column("name", pa.array([row and row.name for row in found], pa.string()))
    table = table.append_column("category_id", pa.array([row and row.category_id for row in found], pa.int32()))
    pq.write_table(table, f"{folder}/joined.parquet")
    return items.sparkSession.read.parquet(f"{folder}/joined.parquet")
