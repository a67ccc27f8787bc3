-- Orders that have only missing times are gone; one row for every order was expected, with NULL as its time.
-- breaks: every order
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time
from status_events
where status_time is not null
qualify row_number() over (partition by order_id order by strptime(status_time, '%Y-%m-%d %H:%M') desc, source_seq desc) = 1
