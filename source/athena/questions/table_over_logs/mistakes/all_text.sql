-- Status and bytes are text, which sorts 1000 before 200 and adds up to nothing. Numbers were asked for.
-- breaks: columns
CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status string, bytes string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://wrenfield-logs/web/'
TBLPROPERTIES ('skip.header.line.count' = '1')
