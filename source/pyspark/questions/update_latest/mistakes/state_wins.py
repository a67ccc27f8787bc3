# An order that the state knows keeps its row, whatever the batch brings: nothing is ever brought up to date. Expected was the event with the latest time.
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_last(), F.col("source_seq").desc())
    latest = batch.withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
    return state.unionByName(latest.join(state, "order_id", "left_anti"))
