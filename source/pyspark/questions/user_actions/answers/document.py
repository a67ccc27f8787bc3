from pyspark.sql.functions import regexp_extract, col, when, count


def user_actions(lines):
    df = lines
    # Extract fields
    parsed_df = df.select(
        regexp_extract("value", r"user=(\d+)", 1).alias("user_id"),
        regexp_extract("value", r"(INFO|ERROR)", 1).alias("log_level")
    )

    # Aggregate
    result = parsed_df.groupBy("user_id").agg(
        count("*").alias("total_actions"),
        count(when(col("log_level") == "ERROR", True)).alias("total_errors")
    )
    return result
