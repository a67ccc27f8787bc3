select order_id, customer_id, status latest_status, status_time
from order_status o
where not exists (select 1 from order_status later where later.order_id = o.order_id and later.status_time > o.status_time)
