with e as (select *, cast(status_time as timestamp) ts from status_events),
r as (select *, dense_rank() over (partition by order_id order by ts desc nulls last, source_seq desc) d from e)
select distinct order_id, customer_id, status as latest_status, strftime(ts, '%Y-%m-%d %H:%M') as status_time from r where d = 1
