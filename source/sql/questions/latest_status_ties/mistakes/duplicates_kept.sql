-- Rows that were sent twice appear twice; one row per order was expected.
-- breaks: sent twice
with e as (select *, strptime(status_time, '%Y-%m-%d %H:%M') as t from status_events)
select order_id, customer_id, status as latest_status, t as status_time
from e
qualify dense_rank() over (partition by order_id order by t desc nulls last, source_seq desc) = 1
