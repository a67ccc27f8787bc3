-- Only the orders whose status changed at the very latest time of the table appear; one row per order was expected. The latest time has to be taken for each order.
select order_id, customer_id, status as latest_status, status_time
from order_status
where status_time = (select max(status_time) from order_status)
