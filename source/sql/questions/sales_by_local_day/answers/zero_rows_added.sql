with marks as (
    select coalesce(c.tz, 'UTC') as tz, cast((o.order_ts at time zone 'UTC') at time zone coalesce(c.tz, 'UTC') as date) as local_day,
           1 as n, o.total_amount as amount
    from orders o left join customers c on o.customer_id = c.customer_id
    union all
    select z.tz, d.day::date, 0, 0
    from (select tz from customers where tz is not null union all select 'UTC') z
    cross join (select unnest(range(first_day::timestamp, last_day::timestamp + interval 1 day, interval 1 day)) as day from period) d
)
select tz, local_day, sum(n)::int as orders, sum(amount) as sales
from marks, period
where local_day between first_day and last_day
group by all
