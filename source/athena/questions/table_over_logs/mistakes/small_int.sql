-- `bytes` is an `int`, and NULL for what is larger than two thousand millions; `bigint` was asked for.
-- breaks: columns
CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status int, bytes int)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://wrenfield-logs/web/'
TBLPROPERTIES ('skip.header.line.count' = '1')
