# The columns of a row come from different events: each is the greatest of its kind. All of them were expected from one event, the latest.
# breaks: one event, latest time, equal times, missing time
from pyspark.sql import functions as F


def update_latest(state, batch):
    greatest = [F.max(name).alias(name) for name in ("customer_id", "status", "status_time", "source_seq")]
    return state.unionByName(batch).groupBy("order_id").agg(*greatest)
