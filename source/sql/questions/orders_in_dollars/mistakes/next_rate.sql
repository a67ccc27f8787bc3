-- Orders of a weekend are converted at the rate of the Monday after; nobody knew it then. The latest rate on or before the day was expected.
-- breaks: last known rate
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * d.usd_rate end as usd
    from orders o left join lateral (select coalesce(min_by(usd_rate, rate_date) filter (rate_date >= o.order_ts::date), max_by(usd_rate, rate_date)) as usd_rate from daily where daily.currency = o.currency having min(rate_date) <= o.order_ts::date) d on true
)
select order_day, count(*) as orders, round(sum(usd), 2) as usd_total, count(*) - count(usd) as unconverted
from priced group by order_day
