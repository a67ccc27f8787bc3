-- Days on which no order could be converted have no row; they were expected, with NULL.
-- breaks: nothing converted
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * d.usd_rate end as usd
    from orders o asof left join daily d on o.currency = d.currency and o.order_ts::date >= d.rate_date
)
select order_day, count(*) as orders, round(sum(usd), 2) as usd_total, count(*) - count(usd) as unconverted
from priced group by order_day having count(usd) > 0
