-- Every status of every order appears; one row per order was expected. `rn` is numbered but not used to keep one row.
select order_id, customer_id, status as latest_status, status_time
from (select *, row_number() over (partition by order_id order by status_time desc) as rn from order_status)
