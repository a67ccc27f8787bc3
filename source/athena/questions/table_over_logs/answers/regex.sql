CREATE EXTERNAL TABLE IF NOT EXISTS web_requests (
  `requested_at` string,
  `method` string,
  `path` string,
  `status` int,
  `bytes` bigint
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '([^ ]+) ([^ ]+) ([^ ]+) ([0-9]+) ([0-9]+|-)')
STORED AS TEXTFILE
LOCATION 's3://wrenfield-logs/web'
TBLPROPERTIES ('skip.header.line.count'='1');
