-- Each order appears with the status of its last row in the table; rows of a table have no order. Expected was the row with the latest `status_time`.
-- breaks: latest time
select order_id, last(customer_id) as customer_id, last(status) as latest_status, last(status_time) as status_time
from order_status
group by order_id
