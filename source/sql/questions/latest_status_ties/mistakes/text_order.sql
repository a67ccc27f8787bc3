-- The times are compared as text, where '2024-1-9' comes after '2024-1-10'. Expected was the latest by time; turn the text into a timestamp before sorting.
-- breaks: latest time
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time from status_events qualify row_number() over (partition by order_id order by status_time desc nulls last, source_seq desc) = 1
