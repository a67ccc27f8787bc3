-- The day is loaded once more on top of what is there. COPY appends, and the table has no key that would refuse a row.
-- breaks: run again
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
