with events as (
    select *, coalesce(strptime(status_time, '%Y-%m-%d %H:%M'), timestamp '0001-01-01') as sort_time, strptime(status_time, '%Y-%m-%d %H:%M') as time from status_events
),
newest as (
    select order_id, arg_max(struct_pack(customer_id, status, time), row(sort_time, source_seq)) as latest from events group by order_id
)
select order_id, latest.customer_id, latest.status as latest_status, latest.time as status_time from newest
