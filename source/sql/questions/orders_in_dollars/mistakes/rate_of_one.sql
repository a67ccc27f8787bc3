-- Orders without a rate are added up as if they were dollars; they were expected to add nothing and to be counted in `unconverted`.
-- breaks: no rate
with daily as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate from fx_rates group by currency, rate_date
),
priced as (
    select o.order_ts::date as order_day,
           case when o.currency = 'USD' then o.total_amount else o.total_amount * coalesce(d.usd_rate, 1) end as usd, case when o.currency = 'USD' then 1 else d.usd_rate end as known
    from orders o asof left join daily d on o.currency = d.currency and o.order_ts::date >= d.rate_date
)
select order_day, count(*) as orders, case when count(known) > 0 then round(sum(usd), 2) end as usd_total, count(*) - count(known) as unconverted
from priced group by order_day
