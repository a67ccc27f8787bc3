-- Of two statuses within an hour the one with the higher `source_seq` is taken: times are compared by the hour. The sequence decides between equal times only.
-- breaks: latest time
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time
from status_events
qualify row_number() over (partition by order_id order by date_trunc('hour', strptime(status_events.status_time, '%Y-%m-%d %H:%M')) desc nulls last, source_seq desc) = 1
