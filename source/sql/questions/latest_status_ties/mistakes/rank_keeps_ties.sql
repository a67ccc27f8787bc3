-- Orders with equal times appear several times; one row per order was expected. `rank` gives equal rows the same number.
-- breaks: equal times, sent twice
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time
from status_events
qualify rank() over (partition by order_id order by strptime(status_time, '%Y-%m-%d %H:%M') desc nulls last) = 1
