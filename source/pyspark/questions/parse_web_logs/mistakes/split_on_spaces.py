# Lines were split at every space, so that an agent of several words, and the request, fall into pieces. One pattern for the whole line was expected, with its quotes.
from pyspark.sql import functions as F


def parse_web_logs(lines):
    words = F.split(F.regexp_replace("value", r'["\[\]]', ""), " ")
    cut = lines.where(r"value rlike '\\S'").select(F.col("value").alias("line"), words.alias("w"))

    def word(place):
        return F.try_element_at("w", F.lit(place))

    at = F.try_to_timestamp(F.concat_ws(" ", word(4), word(5)), F.lit("dd/MMM/yyyy:HH:mm:ss Z"))
    reason = F.when(F.size("w") < 12, "format").when(at.isNull(), "time")
    return cut.select(
        "line", reason.alias("reason"), word(1).alias("ip"), F.nullif(word(3), F.lit("-")).alias("user"), at.alias("at"),
        word(6).alias("method"), word(7).alias("path"), word(9).try_cast("int").alias("status"), word(10).try_cast("bigint").alias("bytes"),
        F.nullif(word(11), F.lit("-")).alias("referer"), F.nullif(word(12), F.lit("-")).alias("agent"),
    )
