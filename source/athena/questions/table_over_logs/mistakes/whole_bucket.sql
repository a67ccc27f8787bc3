-- The location is the whole bucket, and other folders' lines are in the table, too.
-- breaks: other folders
CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://wrenfield-logs/'
TBLPROPERTIES ('skip.header.line.count' = '1')
