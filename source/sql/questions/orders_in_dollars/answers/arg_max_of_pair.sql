with rated as (
    select o.order_id, any_value(o.order_ts::date) as order_day, any_value(o.total_amount) as amount, any_value(o.currency) as currency,
           arg_max(f.usd_rate, row(f.rate_date, f.published_at)) filter (where f.rate_date is not null) as rate
    from orders o left join fx_rates f on f.currency = o.currency and not f.rate_date > o.order_ts::date
    group by o.order_id
)
select order_day, count(order_id) as orders, round(sum(amount * case when currency = 'USD' then 1.0 else rate end), 2) as usd_total,
       count(case when currency <> 'USD' and rate is null then 1 end) as unconverted
from rated group by order_day
