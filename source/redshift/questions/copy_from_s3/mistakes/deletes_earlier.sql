-- Days before this one are gone, too. The condition of the deletion holds for more days than the one that is loaded.
-- breaks: other days
BEGIN;
DELETE FROM orders WHERE order_day <= '2026-11-02';
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
COMMIT;
