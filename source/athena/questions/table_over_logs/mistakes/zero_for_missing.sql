-- A request without a body has 0 bytes in the table, as if its size had been told. NULL was asked for.
-- breaks: no body
CREATE EXTERNAL TABLE web_lines (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://wrenfield-logs/web/' TBLPROPERTIES ('skip.header.line.count' = '1');
CREATE VIEW web_requests AS SELECT requested_at, method, path, status, coalesce(bytes, 0) AS bytes FROM web_lines
