-- A missing time counts as the latest; expected was that it is older than any time. `ORDER BY` can say where NULL belongs.
-- breaks: missing time
select order_id, customer_id, status as latest_status, strptime(status_time, '%Y-%m-%d %H:%M') as status_time from status_events qualify row_number() over (partition by order_id order by strptime(status_time, '%Y-%m-%d %H:%M') desc nulls first, source_seq desc) = 1
