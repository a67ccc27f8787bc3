-- The location is a file. Athena takes a location for a folder and finds nothing in one of that name; the folder was expected.
CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://wrenfield-logs/web/2026-11-02/10.log'
TBLPROPERTIES ('skip.header.line.count' = '1')
