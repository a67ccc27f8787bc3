# The rows are right, but each line goes through a Python function: it is sent to another process and back, many times slower than Spark's own functions. Those were expected.
# breaks: in Spark
import datetime as dt
import re

from pyspark.sql import functions as F

LINE = re.compile(r'(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"')
SCHEMA = "line string, reason string, ip string, user string, at timestamp, method string, path string, status int, bytes bigint, referer string, agent string"


def parsed(line):
    found = LINE.fullmatch(line)
    if not found:
        return (line, "format", *[None] * 9)
    ip, user, time, request, status, size, referer, agent = (None if part == "-" else part for part in found.groups())
    try:
        at = dt.datetime.strptime(time or "", "%d/%b/%Y:%H:%M:%S %z").astimezone(dt.timezone.utc).replace(tzinfo=None)
    except ValueError:
        return (line, "time", *[None] * 9)
    words = (request or "").split(" ")
    if len(words) != 3 or "" in words:
        return (line, "request", *[None] * 9)
    return (line, None, ip, user, at, words[0], words[1], int(status), None if size is None else int(size), referer, agent)


def parse_web_logs(lines):
    whole = lines.where(r"value rlike '\\S'").select(F.udf(parsed, SCHEMA)("value").alias("parsed"))
    return whole.select("parsed.*")
