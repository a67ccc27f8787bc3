# The rows of the example are returned, whatever the lines hold; expected was a row for each of the lines given.
import datetime as dt


def parse_web_logs(lines):
    schema = "line string, reason string, ip string, user string, at timestamp, method string, path string, status int, bytes bigint, referer string, agent string"
    rows = [
        (r'203.0.113.7 - kim [03/Mar/2025:10:15:32 -0700] "GET /tents?page=2 HTTP/1.1" 200 5120 "-" "Wren \"Shop\" 2"', None, "203.0.113.7", "kim", dt.datetime(2025, 3, 3, 17, 15, 32), "GET", "/tents?page=2", 200, 5120, None, r"Wren \"Shop\" 2"),
        ('2001:db8::7 - - [03/Mar/2025:10:15:33 +0000] "HEAD / HTTP/1.1" 304 - "https://wrenfield.example/" "-"', None, "2001:db8::7", None, dt.datetime(2025, 3, 3, 10, 15, 33), "HEAD", "/", 304, None, "https://wrenfield.example/", None),
        ('203.0.113.9 - - [03/Mar/2025:10:15:34 +0000] "-" 400 0 "-" "-"', "request", *[None] * 9),
        ("203.0.113.9 - - [03/Mar/2025:10:15", "format", *[None] * 9),
    ]
    return lines.sparkSession.createDataFrame(rows, schema)
