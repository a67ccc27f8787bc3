# An event without a time is kept in place of one that has a time. Expected was that a missing time is older than any: say where NULL stands when you sort.
# breaks: missing time
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_first(), F.col("source_seq").desc())
    return state.unionByName(batch).withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
