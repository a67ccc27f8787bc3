with rates as (
    select currency, rate_date, arg_max(usd_rate, published_at) as usd_rate
    from fx_rates
    group by currency, rate_date
),
placed as (
    select order_id, cast(order_ts as date) as order_day, currency, total_amount
    from orders
),
rated as (
    select
        p.order_day,
        p.total_amount,
        case when p.currency = 'USD' then 1 else r.usd_rate end as usd_rate
    from placed p
    asof left join rates r
        on p.currency = r.currency and p.order_day >= r.rate_date
)
select
    order_day,
    count(*) as orders,
    round(sum(total_amount * usd_rate), 2) as usd_total,
    count(*) filter (where usd_rate is null) as unconverted
from rated
group by order_day
