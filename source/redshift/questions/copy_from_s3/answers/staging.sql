CREATE TEMP TABLE stage (order_id bigint, channel varchar(20), status varchar(20), amount decimal(12, 2), order_day date);
COPY stage FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
BEGIN;
DELETE FROM orders WHERE order_day = DATE '2026-11-02';
INSERT INTO orders (order_id, status, channel, amount, order_day)
SELECT order_id, status, channel, amount, order_day FROM stage;
COMMIT
