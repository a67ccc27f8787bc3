# Orders are lost of which no event has a time. A missing time is older than any, but an order without another event was to have its row.
# breaks: missing time
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc(), F.col("source_seq").desc())
    events = state.unionByName(batch).where("status_time is not null")
    return events.withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
