-- A day on which no order could be converted shows 0; NULL was expected, since nothing is known of its dollars.
-- breaks: nothing converted
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * d.usd_rate end as usd
    from orders o asof left join daily d on o.currency = d.currency and o.order_ts::date >= d.rate_date
)
select order_day, count(*) as orders, coalesce(round(sum(usd), 2), 0) as usd_total, count(*) - count(usd) as unconverted
from priced group by order_day
