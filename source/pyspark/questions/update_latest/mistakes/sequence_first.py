# The event with the highest `source_seq` is kept, even where another one is later. Expected was the latest `status_time`; the sequence decides between equal times only.
# breaks: latest time
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("source_seq").desc(), F.col("status_time").desc_nulls_last())
    return state.unionByName(batch).withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
