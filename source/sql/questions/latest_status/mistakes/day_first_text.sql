-- The times are compared as day-first text, so the 31st of January counts as later than the 1st of March. Expected was the latest by time; format a time after comparing it.
-- breaks: latest time
select order_id, customer_id, status as latest_status, status_time
from order_status
qualify row_number() over (partition by order_id order by strftime(status_time, '%d/%m/%Y %H:%M') desc) = 1
