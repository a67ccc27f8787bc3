with everything as (
    select coalesce(c.tz, 'UTC') as tz, timezone(coalesce(c.tz, 'UTC'), o.order_ts::timestamptz)::date as local_day, o.total_amount
    from orders as o left join customers as c on c.customer_id = o.customer_id
),
calendar as (
    select z.tz, p.first_day + r.n::integer as local_day
    from (select distinct coalesce(tz, 'UTC') as tz from customers union select 'UTC') z, period p, range(0, 400) r(n)
    where p.first_day + r.n::integer <= p.last_day
)
select k.tz, k.local_day,
       (select count(*) from everything e where e.tz = k.tz and e.local_day = k.local_day) as orders,
       coalesce((select sum(total_amount) from everything e where e.tz = k.tz and e.local_day = k.local_day), 0.00) as sales
from calendar k
