-- There is one row per customer; one per order was expected. Look at what the rows are partitioned by.
select order_id, customer_id, status as latest_status, status_time
from order_status
qualify row_number() over (partition by customer_id order by status_time desc) = 1
