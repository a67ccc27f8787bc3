-- `source_seq` is compared as text, in which '9' comes after '10'. It is a number.
-- breaks: equal times
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time
from status_events
qualify row_number() over (partition by order_id order by strptime(status_events.status_time, '%Y-%m-%d %H:%M') desc nulls last, source_seq::varchar desc) = 1
