-- Orders without a rate are gone; they were expected to be counted in `orders` and in `unconverted`.
-- breaks: no rate
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * d.usd_rate end as usd
    from orders o asof left join daily d on o.currency = d.currency and o.order_ts::date >= d.rate_date
)
select order_day, count(*) as orders, round(sum(usd), 2) as usd_total, count(*) - count(usd) as unconverted
from priced where usd is not null or order_day not in (select order_day from priced where usd is not null) group by order_day
