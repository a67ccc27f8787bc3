-- Orders that changed customer appear once per customer; one row per order was expected, with the customer of its latest row.
-- breaks: customer
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time from status_events qualify row_number() over (partition by order_id, customer_id order by strptime(status_time, '%Y-%m-%d %H:%M') desc nulls last, source_seq desc) = 1
