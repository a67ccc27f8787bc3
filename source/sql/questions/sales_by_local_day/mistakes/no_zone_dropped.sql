-- Orders of customers without a `tz` are gone, and so are guests': a NULL zone equals no zone. They were expected in `UTC`.
-- breaks: no zone
with zones as (select tz from customers where tz is not null union select 'UTC'),
days as (select unnest(generate_series(first_day, last_day, interval 1 day))::date as local_day from period),
sold as (
    select c.tz as tz, (o.order_ts at time zone 'UTC' at time zone coalesce(c.tz, 'UTC'))::date as local_day, o.total_amount
    from orders o left join customers c using (customer_id)
)
select tz, local_day, count(total_amount) as orders, coalesce(sum(total_amount), 0) as sales
from zones cross join days left join sold using (tz, local_day)
group by tz, local_day
