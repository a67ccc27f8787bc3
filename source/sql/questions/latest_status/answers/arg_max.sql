select order_id, arg_max(customer_id, status_time) as customer_id, arg_max(status, status_time) as latest_status,
       strftime(max(status_time), '%Y-%m-%dT%H:%M:%S') as status_time
from order_status
group by order_id
order by status_time desc
