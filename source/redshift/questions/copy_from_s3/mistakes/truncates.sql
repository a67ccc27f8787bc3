-- The rows of other days are gone: the whole table was emptied before the load. Only the day's rows were to be replaced.
-- breaks: other days
TRUNCATE orders;
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
