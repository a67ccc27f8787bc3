-- The fields are cut by a library for CSV, which takes quotation marks and backslashes for its own signs. One for delimited text leaves them as they stand.
-- breaks: quoted paths
CREATE EXTERNAL TABLE web_lines (requested_at string, method string, path string, status string, bytes string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = ' ')
LOCATION 's3://wrenfield-logs/web/' TBLPROPERTIES ('skip.header.line.count' = '1');
CREATE VIEW web_requests AS SELECT requested_at, method, path, CAST(status AS integer) AS status, TRY_CAST(bytes AS bigint) AS bytes FROM web_lines
