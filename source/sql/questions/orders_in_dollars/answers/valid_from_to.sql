with final as (
    select currency, rate_date, usd_rate from fx_rates
    qualify row_number() over (partition by currency, rate_date order by published_at desc) = 1
),
ranges as (
    select currency, usd_rate, rate_date as valid_from,
           coalesce(lead(rate_date) over (partition by currency order by rate_date), date '9999-12-31') as valid_to
    from final
    union all
    select 'USD', 1, date '0001-01-01', date '9999-12-31'
)
select cast(o.order_ts as date) as order_day, count(*) as orders, round(sum(o.total_amount * r.usd_rate), 2) as usd_total,
       count(*) - count(r.usd_rate) as unconverted
from orders o
left join ranges r on r.currency = o.currency and cast(o.order_ts as date) >= r.valid_from and cast(o.order_ts as date) < r.valid_to
group by cast(o.order_ts as date)
