# An order keeps the customer it had first, beside the latest status. An order can be taken over: all columns were expected from the latest event.
# breaks: one event
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_last(), F.col("source_seq").desc())
    latest = state.unionByName(batch).withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
    known = state.select("order_id", F.col("customer_id").alias("known"))
    return latest.join(known, "order_id", "left").withColumn("customer_id", F.coalesce("known", "customer_id")).drop("known")
