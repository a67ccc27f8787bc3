from pyspark.sql import functions as F


def update_latest(state, batch):
    event = F.struct(
        F.coalesce("status_time", F.lit("0001-01-01").cast("timestamp")).alias("place"),
        "source_seq", "customer_id", "status", "status_time",
    )
    latest = state.unionByName(batch).groupBy("order_id").agg(F.max(event).alias("event"))
    return latest.select("order_id", "event.customer_id", "event.status", "event.status_time", "event.source_seq")
