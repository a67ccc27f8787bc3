from pyspark.sql import functions as F

COLUMNS = ("customer_id", "status", "status_time", "source_seq")


def update_latest(state, batch):
    order = F.struct(F.col("status_time").isNotNull(), F.col("status_time"), F.col("source_seq"))
    newest = batch.groupBy("order_id").agg(F.max_by(F.struct(*COLUMNS), order).alias("new"))
    known = state.select("order_id", F.struct(*COLUMNS).alias("old"))
    later = F.expr(
        "old is null or new.status_time > old.status_time or (old.status_time is null and new.status_time is not null)"
        " or (new.status_time <=> old.status_time and new.source_seq > old.source_seq)"
    )
    joined = known.join(newest, "order_id", "full").withColumn("event", F.when(F.col("new").isNotNull() & later, F.col("new")).otherwise(F.col("old")))
    return joined.select("order_id", "event.*")
