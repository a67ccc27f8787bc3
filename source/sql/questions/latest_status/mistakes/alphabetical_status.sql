-- `latest_status` is the alphabetically last status of each order, not the last in time. `max` of a text compares letters; expected was the status on the row with the latest `status_time`.
-- breaks: latest time
select order_id, customer_id, max(status) as latest_status, max(status_time) as status_time
from order_status
group by order_id, customer_id
