-- The files were read as comma-separated text, and their bytes are none. COPY has to be told the format.
DELETE FROM orders WHERE order_day = '2026-11-02';
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' CSV;
