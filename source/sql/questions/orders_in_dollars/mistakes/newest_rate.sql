-- Every order is converted at the newest rate there is; expected was the one in force on its day.
-- breaks: last known rate
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * d.usd_rate end as usd
    from orders o left join (select currency, max_by(usd_rate, rate_date) as usd_rate, min(rate_date) as first_date from daily group by currency) d on o.currency = d.currency and o.order_ts::date >= d.first_date
)
select order_day, count(*) as orders, round(sum(usd), 2) as usd_total, count(*) - count(usd) as unconverted
from priced group by order_day
