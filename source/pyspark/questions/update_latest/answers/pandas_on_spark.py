import pyspark.pandas as ps


def update_latest(state, batch):
    events = ps.concat([state.pandas_api(), batch.pandas_api()])
    ordered = events.sort_values(["order_id", "status_time", "source_seq"], ascending=[True, False, False], na_position="last")
    return ordered.drop_duplicates("order_id", keep="first").to_spark()
