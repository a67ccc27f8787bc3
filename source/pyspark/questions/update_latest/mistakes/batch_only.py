# Orders that are not in the batch are lost: the result holds the latest events of the batch alone. Each order of the state was to keep its row.
# breaks: every order
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_last(), F.col("source_seq").desc())
    known = state.join(batch.select("order_id").distinct(), "order_id", "left_semi")
    return known.unionByName(batch).withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
