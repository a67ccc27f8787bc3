CREATE EXTERNAL TABLE web_lines (requested_at string, method string, path string, status string, bytes string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://wrenfield-logs/web/';

CREATE OR REPLACE VIEW web_requests AS
SELECT requested_at, method, path, CAST(status AS integer) AS status, TRY_CAST(bytes AS bigint) AS bytes
FROM web_lines
WHERE requested_at <> '#fields';
