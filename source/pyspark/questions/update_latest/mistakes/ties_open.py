# Of events with one time the one that came first is kept, or any of them. Expected was the one with the highest `source_seq`.
# breaks: equal times
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    arrived = state.withColumn("n", F.lit(0)).unionByName(batch.withColumn("n", F.monotonically_increasing_id() + 1))
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_last(), F.col("n"))
    return arrived.withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place", "n")
