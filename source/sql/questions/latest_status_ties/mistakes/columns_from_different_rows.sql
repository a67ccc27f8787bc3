-- The customer is the highest one the order ever had; expected was the customer on the latest row. Take every column from the same row.
-- breaks: customer
with e as (select *, coalesce(strptime(status_time, '%Y-%m-%d %H:%M'), timestamp '0001-01-01') as t from status_events)
select order_id, max(customer_id) as customer_id, arg_max(status, row(t, source_seq)) as latest_status,
       max(strptime(status_time, '%Y-%m-%d %H:%M')) as status_time
from e
group by order_id
