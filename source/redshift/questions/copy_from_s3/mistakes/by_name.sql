-- Channels stand in the column of states, and states in that of channels. Parquet is loaded by places; names in the files are not looked at.
-- breaks: columns
BEGIN;
DELETE FROM orders WHERE order_day = '2026-11-02';
COPY orders FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
COMMIT;
