with events as (select distinct order_id, customer_id, status, source_seq, try_strptime(status_time, '%Y-%m-%d %H:%M') as t from status_events)
select order_id, customer_id, status as latest_status, t as status_time
from events e
where not exists (
    select 1 from events x
    where x.order_id = e.order_id
      and (coalesce(x.t, '-infinity'::timestamp), x.source_seq) > (coalesce(e.t, '-infinity'::timestamp), e.source_seq)
)
