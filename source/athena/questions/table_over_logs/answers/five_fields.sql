CREATE EXTERNAL TABLE web_requests (
    `requested_at` string,
    `method` string,
    `path` string,
    `status` int,
    `bytes` bigint
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'
WITH SERDEPROPERTIES (
    'field.delim' = ' ',
    'serialization.format' = ' '
)
STORED AS TEXTFILE
LOCATION 's3://wrenfield-logs/web/'
TBLPROPERTIES ('skip.header.line.count' = '1')
