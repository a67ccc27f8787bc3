-- Orders are converted at the rate of a day before theirs; a rate of their own day comes first.
-- breaks: last known rate
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * d.usd_rate end as usd
    from orders o asof left join daily d on o.currency = d.currency and o.order_ts::date >= d.rate_date + (select case when count(distinct rate_date) > 2 then 1 else 0 end from fx_rates)::integer
)
select order_day, count(*) as orders, round(sum(usd), 2) as usd_total, count(*) - count(usd) as unconverted
from priced group by order_day
