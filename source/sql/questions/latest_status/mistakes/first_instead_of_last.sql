-- Each order appears with its first status; the latest was expected. The direction of the sort decides which row comes first.
-- breaks: latest time
select order_id, customer_id, status as latest_status, status_time
from order_status
qualify row_number() over (partition by order_id order by status_time) = 1
