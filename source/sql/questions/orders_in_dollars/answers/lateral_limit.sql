select o.order_ts::date as order_day, count(*) as orders, round(sum(o.total_amount * x.rate), 2) as usd_total,
       count(*) filter (where x.rate is null) as unconverted
from orders o
left join lateral (
    select case when o.currency = 'USD' then 1 else (
        select f.usd_rate from fx_rates f
        where f.currency = o.currency and f.rate_date <= o.order_ts::date
        order by f.rate_date desc, f.published_at desc limit 1
    ) end as rate
) x on true
group by 1
