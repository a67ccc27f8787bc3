-- At most 1,000 rows come back, and there are more orders; one row for every order was expected.
-- breaks: every order
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time
from status_events
qualify row_number() over (partition by order_id order by strptime(status_events.status_time, '%Y-%m-%d %H:%M') desc nulls last, source_seq desc) = 1
limit 1000
