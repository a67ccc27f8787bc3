-- the rows of whichever days the files hold are replaced, all of the day among them
BEGIN TRANSACTION;
CREATE TABLE #today (order_id bigint, channel varchar(20), status varchar(20), amount decimal(12, 2), order_day date);
COPY #today FROM 's3://wrenfield-curated/orders/2026-11-02/' credentials 'aws_iam_role=arn:aws:iam::111122223333:role/redshift-load' parquet;
DELETE FROM orders WHERE order_day IN (SELECT '2026-11-02'::date);
INSERT INTO orders SELECT order_id, status, channel, amount, order_day FROM #today;
END;
DROP TABLE #today;
