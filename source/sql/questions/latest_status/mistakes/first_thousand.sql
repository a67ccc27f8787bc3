-- At most 1,000 rows come back, and there are more orders; one row for every order was expected.
-- breaks: every order
select order_id, customer_id, status as latest_status, status_time
from order_status
qualify row_number() over (partition by order_id order by status_time desc) = 1
limit 1000
