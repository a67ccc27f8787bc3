with zones as (
    select 'UTC' as tz
    union
    select tz from customers where tz is not null
),
days as (
    select cast(unnest(generate_series(cast(first_day as timestamp), cast(last_day as timestamp), interval 1 day)) as date) as local_day
    from period
),
zoned as (
    select coalesce(c.tz, 'UTC') as tz, o.order_ts, o.total_amount
    from orders o
    left join customers c on c.customer_id = o.customer_id
),
sold as (
    select tz, cast(((order_ts at time zone 'UTC') at time zone tz) as date) as local_day, total_amount
    from zoned
),
per_day as (
    select tz, local_day, count(*) as n, sum(total_amount) as amount
    from sold
    group by tz, local_day
)
select
    z.tz as tz,
    d.local_day as local_day,
    coalesce(p.n, 0) as orders,
    coalesce(p.amount, 0) as sales
from zones z
cross join days d
left join per_day p on p.tz = z.tz and p.local_day = d.local_day
