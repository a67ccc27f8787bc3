-- Each order appears with the status that is furthest along an assumed flow; expected was the latest by `status_time`. An order can be cancelled or returned after any other status.
-- breaks: latest time
select order_id, customer_id, status as latest_status, status_time
from order_status
qualify row_number() over (partition by order_id order by case status when 'Delivered' then 4 when 'Shipped' then 3 when 'Placed' then 2 else 1 end desc, status_time desc) = 1
