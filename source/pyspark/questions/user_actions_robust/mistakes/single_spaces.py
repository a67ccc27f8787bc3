# Lines with tabs or several spaces are read wrongly: the line was split at single spaces. Fields are separated by one or more spaces or tabs.
# breaks: white space
from pyspark.sql import functions as F


def user_actions_robust(lines):
    fields = F.split("value", " ")
    users = F.filter(F.slice(fields, 4, 1000), lambda field: field.startswith("user=") & (F.length(field) > 5))
    parsed = lines.select(F.try_element_at(fields, F.lit(3)).alias("level"), F.substring(F.try_element_at(users, F.lit(1)), 6, 1000).alias("user_id")).where("user_id is not null")
    return parsed.groupBy("user_id").agg(F.count("*").alias("total_actions"), F.count_if(F.upper("level") == "ERROR").alias("total_errors"))
