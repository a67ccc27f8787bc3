-- The line that names the fields is a row of the table. A property of the table says how many lines at the head of a file are passed over.
-- breaks: comments
CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://wrenfield-logs/web/'
