-- An access key stands in the statement in place of the role. The prompt names a role.
DELETE FROM orders WHERE order_day = '2026-11-02';
COPY orders (order_id, channel, status, amount, order_day) FROM 's3://wrenfield-curated/orders/2026-11-02/' ACCESS_KEY_ID 'AKIAIOSFODNN7EXAMPLE' SECRET_ACCESS_KEY 'secret' FORMAT AS PARQUET;
