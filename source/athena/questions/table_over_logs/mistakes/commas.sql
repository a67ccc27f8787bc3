-- The fields are cut at commas, so that a whole line stands in the first column and the rest is NULL. The files have blanks between their fields.
CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
LOCATION 's3://wrenfield-logs/web/'
TBLPROPERTIES ('skip.header.line.count' = '1')
