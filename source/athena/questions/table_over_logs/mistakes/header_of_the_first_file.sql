-- One row is taken out of the whole table as its header, and every file has one. The property of a table counts for each file.
-- breaks: comments
CREATE EXTERNAL TABLE web_lines (requested_at string, method string, path string, status int, bytes bigint)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://wrenfield-logs/web/';
CREATE VIEW web_requests AS SELECT requested_at, method, path, status, bytes
FROM (SELECT *, row_number() OVER (ORDER BY "$path", requested_at) AS n FROM web_lines) WHERE n > 1
