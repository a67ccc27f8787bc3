with candidates as (
    select o.order_id, o.order_ts, o.currency, o.total_amount, f.usd_rate,
           row_number() over (partition by o.order_id order by f.rate_date desc nulls last, f.published_at desc nulls last) as n
    from orders o left join fx_rates f on f.currency = o.currency and f.rate_date <= o.order_ts::date
),
one as (
    select date_trunc('day', order_ts)::date as order_day, if(currency = 'USD', total_amount::double, total_amount::double * usd_rate::double) as usd
    from candidates where n = 1
)
select order_day, count(*) as orders, round(sum(usd), 2) as usd_total, sum(if(usd is null, 1, 0))::int as unconverted
from one group by all
