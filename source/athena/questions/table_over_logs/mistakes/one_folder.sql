-- The location is the folder of one day, so that the requests of other days are missing. A location stands for all that lies below it.
-- breaks: every line
CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://wrenfield-logs/web/2026-11-02/'
TBLPROPERTIES ('skip.header.line.count' = '1')
