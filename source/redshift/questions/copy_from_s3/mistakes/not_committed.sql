-- A transaction was begun and not committed; when the session ended, all that it had done was undone.
BEGIN;
DELETE FROM orders WHERE order_day = '2026-11-02';
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
