-- `UTC` has no rows where no customer has it as `tz`; it was expected always.
-- breaks: zones
with zones as (select tz from customers where tz is not null union select 'UTC' from orders left join customers using (customer_id) where tz is null),
days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as local_day from period),
sold as (
    select coalesce(c.tz, 'UTC') as tz, (o.order_ts at time zone 'UTC' at time zone coalesce(c.tz, 'UTC'))::date as local_day, o.total_amount
    from orders o left join customers c using (customer_id)
)
select tz, local_day, count(total_amount) as orders, coalesce(sum(total_amount), 0) as sales
from zones cross join days left join sold using (tz, local_day)
group by tz, local_day
