# An order that is in the batch has the batch's event, even where the state has a later one. Expected was the event with the latest time, whichever batch brought it.
# breaks: latest time, equal times, missing time
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_last(), F.col("source_seq").desc())
    latest = batch.withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
    return state.join(latest, "order_id", "left_anti").unionByName(latest)
