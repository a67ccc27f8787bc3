-- The folders of all days are loaded, not the one of the day. FROM names the folder above it.
-- breaks: the day's folder
BEGIN;
DELETE FROM orders WHERE order_day = '2026-11-02';
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
COMMIT;
