CREATE EXTERNAL TABLE web_requests (requested_at string, method string, path string, status int COMMENT 'of HTTP', bytes bigint)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'
WITH SERDEPROPERTIES ('field.delim' = ' ', 'serialization.null.format' = '-')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://wrenfield-logs/web/'
TBLPROPERTIES ('skip.header.line.count' = '1')
