-- Requests without a body are missing: a condition takes out the rows whose bytes are NULL.
-- breaks: no body
CREATE EXTERNAL TABLE web_lines (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://wrenfield-logs/web/' TBLPROPERTIES ('skip.header.line.count' = '1');
CREATE VIEW web_requests AS SELECT * FROM web_lines WHERE bytes IS NOT NULL
