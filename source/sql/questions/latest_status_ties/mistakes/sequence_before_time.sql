-- The highest `source_seq` is kept even when another row has a later time; expected was the time first, and `source_seq` only between equal times.
-- breaks: latest time
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time from status_events qualify row_number() over (partition by order_id order by source_seq desc, strptime(status_time, '%Y-%m-%d %H:%M') desc nulls last) = 1
