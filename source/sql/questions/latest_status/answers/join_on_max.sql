with newest as (select order_id, max(status_time) as status_time from order_status group by all)
select s.order_id, s.customer_id, s.status as latest_status, s.status_time
from order_status s join newest using (order_id, status_time)
