with recursive days(local_day) as (
    select first_day from period
    union all
    select (local_day + interval 1 day)::date from days, period where local_day < last_day
),
people as (select customer_id, ifnull(tz, 'UTC') as tz from customers),
zones as (select 'UTC' as tz union select tz from people)
select z.tz, d.local_day, count(o.order_id) as orders, sum(coalesce(o.total_amount, 0)) as sales
from zones z join days d on true
left join (
    select order_id, total_amount, coalesce(p.tz, 'UTC') as zone, timezone(coalesce(p.tz, 'UTC'), timezone('UTC', order_ts)) as local_ts
    from orders left join people p using (customer_id)
) o on o.zone = z.tz and o.local_ts >= d.local_day and o.local_ts < d.local_day + interval 1 day
group by z.tz, d.local_day
