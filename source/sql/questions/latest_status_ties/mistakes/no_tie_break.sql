-- Of statuses with the same time the lowest `source_seq` is kept; expected was the highest. The sort needs a second key.
-- breaks: equal times
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time from status_events qualify row_number() over (partition by order_id order by strptime(status_time, '%Y-%m-%d %H:%M') desc nulls last, source_seq) = 1
