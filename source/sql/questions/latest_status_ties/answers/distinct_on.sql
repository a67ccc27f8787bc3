select distinct on (order_id) order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time
from status_events
order by order_id, strptime(status_time, '%Y-%m-%d %H:%M') desc nulls last, source_seq desc
