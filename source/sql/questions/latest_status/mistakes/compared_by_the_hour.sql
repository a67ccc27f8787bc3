-- Two statuses of one order within an hour are told apart by chance: times are compared by the hour. Compare the whole time.
-- breaks: latest time
select order_id, customer_id, status as latest_status, status_time
from order_status
qualify row_number() over (partition by order_id order by date_trunc('hour', status_time) desc) = 1
