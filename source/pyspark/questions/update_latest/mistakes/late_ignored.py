# Events are dropped that are older than the newest one of the state. An order whose shop was offline for days then has no row, or an old one; events count however late they come.
# breaks: every order, latest time, equal times
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    newest = Window.partitionBy("order_id").orderBy(F.col("status_time").desc_nulls_last(), F.col("source_seq").desc())
    until = state.agg(F.max("status_time").alias("until"))
    fresh = batch.crossJoin(F.broadcast(until)).where("until is null or status_time >= until").drop("until")
    return state.unionByName(fresh).withColumn("place", F.row_number().over(newest)).where("place = 1").drop("place")
