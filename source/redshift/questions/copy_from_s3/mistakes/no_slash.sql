-- Rows from beside the folder are in the table. FROM holds the begin of keys; without a slash at its end it fits other folders and files, too.
-- breaks: the day's folder
BEGIN;
DELETE FROM orders WHERE order_day = '2026-11-02';
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/2026-11-02' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
COMMIT;
