from pyspark.sql import functions as F


def update_latest(state, batch):
    events = state.unionByName(batch).distinct()
    later = events.select(F.col("order_id").alias("other"), F.col("status_time").alias("at"), F.col("source_seq").alias("seq"))
    beaten = F.expr("""
        other = order_id and (
            at > status_time or (at is not null and status_time is null) or (at <=> status_time and seq > source_seq)
        )
    """)
    return events.join(later, beaten, "left_anti")
