-- Orders are cut off at midnight UTC on both ends of the period; each zone's own first and last day were expected whole.
-- breaks: both ends
with zones as (select tz from customers where tz is not null union select 'UTC'),
days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as local_day from period),
sold as (
    select coalesce(c.tz, 'UTC') as tz, (o.order_ts at time zone 'UTC' at time zone coalesce(c.tz, 'UTC'))::date as local_day, o.total_amount
    from orders o left join customers c using (customer_id) cross join period p where o.order_ts >= p.first_day and o.order_ts < p.last_day + interval 1 day
)
select tz, local_day, count(total_amount) as orders, coalesce(sum(total_amount), 0) as sales
from zones cross join days left join sold using (tz, local_day)
group by tz, local_day
