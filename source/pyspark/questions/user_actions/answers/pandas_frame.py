def user_actions(lines):
    frame = lines.toPandas()
    frame[["level", "user_id"]] = frame["value"].str.extract(r"(INFO|ERROR) user=(\d+)")
    grouped = frame.groupby("user_id")["level"]
    return grouped.agg(total_actions="count", total_errors=lambda level: (level == "ERROR").sum()).reset_index()
