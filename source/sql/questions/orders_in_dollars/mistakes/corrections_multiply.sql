-- An order of a day with several rates is counted once for each of them; the last one published was expected to be the only rate of the day.
-- breaks: corrections
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * d.usd_rate end as usd
    from orders o asof left join daily e on o.currency = e.currency and o.order_ts::date >= e.rate_date left join fx_rates d on d.currency = e.currency and d.rate_date = e.rate_date
)
select order_day, count(*) as orders, round(sum(usd), 2) as usd_total, count(*) - count(usd) as unconverted
from priced group by order_day
