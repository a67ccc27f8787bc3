from pyspark.sql import functions as F

# Within quotes: anything but a quote or a backslash, or a backslash with the character behind it.
# Possessive, so that a long agent neither backtracks nor fills the stack.
_QUOTED = r'"((?:[^"\\]++|\\.)*+)"'
_LINE = (
    r"(?sU)\A(\S+) (\S+) (\S+) \[([^\]]*)\] "
    + _QUOTED
    + r" ([0-9]{3}) ([0-9]+|-) "
    + _QUOTED
    + " "
    + _QUOTED
    + r"\z"
)
_FIELDS = ("ip", "identity", "user", "time", "request", "status", "bytes", "referer", "agent")
_TIME = r"\A[0-9]{2}/[A-Za-z]{3}/(?!0000)[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}\z"
_REQUEST = r"\A([^ ]+) ([^ ]+) ([^ ]+)\z"


def parse_web_logs(lines):
    raw = (
        lines.select(F.col("value").alias("line"))
        .where(F.col("line").rlike(r"(?U)\S"))
        .select(
            "line",
            F.col("line").rlike(_LINE).alias("raw_fits"),
            *[F.regexp_extract("line", _LINE, i).alias("raw_" + name) for i, name in enumerate(_FIELDS, 1)],
        )
    )
    timed = raw.withColumn(
        "raw_at",
        F.when(
            F.col("raw_time").rlike(_TIME),
            F.try_to_timestamp(F.col("raw_time"), F.lit("dd/MMM/yyyy:HH:mm:ss Z")),
        ),
    )
    judged = timed.withColumn(
        "reason",
        F.when(~F.col("raw_fits"), F.lit("format"))
        .when(F.col("raw_at").isNull(), F.lit("time"))
        .when(~F.col("raw_request").rlike(_REQUEST), F.lit("request")),
    )

    good = F.col("reason").isNull()

    def kept(column):
        return F.when(good, column)

    def unless_hyphen(name):
        return F.when(good & (F.col(name) != "-"), F.col(name))

    return judged.select(
        "line",
        "reason",
        kept(F.col("raw_ip")).alias("ip"),
        unless_hyphen("raw_user").alias("user"),
        kept(F.col("raw_at")).alias("at"),
        kept(F.regexp_extract("raw_request", _REQUEST, 1)).alias("method"),
        kept(F.regexp_extract("raw_request", _REQUEST, 2)).alias("path"),
        kept(F.col("raw_status").try_cast("int")).alias("status"),
        unless_hyphen("raw_bytes").try_cast("bigint").alias("bytes"),
        unless_hyphen("raw_referer").alias("referer"),
        unless_hyphen("raw_agent").alias("agent"),
    )
