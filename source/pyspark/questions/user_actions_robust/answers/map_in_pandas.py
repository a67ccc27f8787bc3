from pyspark.sql import functions as F


def user_actions_robust(lines):
    pattern = (
        r"(?s)^[^ \t]+[ \t]+[^ \t]+[ \t]+(?P<level>[^ \t]+)"
        r"(?:[ \t].*)?[ \t]user=(?P<user_id>[^ \t]+)"
    )

    def count_batch(frames):
        for pdf in frames:
            text = pdf["value"].fillna("").astype(str).str.strip(" \t\r\n\f\v")
            hits = text.str.extract(pattern).dropna()
            hits["total_actions"] = 1
            hits["total_errors"] = hits["level"].str.upper().eq("ERROR").astype("int64")
            yield hits.groupby("user_id", as_index=False)[
                ["total_actions", "total_errors"]
            ].sum()

    partial = lines.select("value").mapInPandas(
        count_batch, "user_id string, total_actions long, total_errors long"
    )
    return partial.groupBy("user_id").agg(
        F.sum("total_actions").alias("total_actions"),
        F.sum("total_errors").alias("total_errors"),
    )
