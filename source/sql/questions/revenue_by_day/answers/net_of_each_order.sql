with sold as (
    select order_id, sum(qty * unit_price - coalesce(discount, 0)) as net
    from order_items
    group by order_id
),
received as (
    select order_id, sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end) as net
    from payments
    group by order_id
)
select
    cast(o.order_ts as date) as order_day,
    o.currency as currency,
    coalesce(sum(s.net), 0) as net_revenue,
    coalesce(sum(r.net), 0) as paid
from orders o
left join sold s on s.order_id = o.order_id
left join received r on r.order_id = o.order_id
group by cast(o.order_ts as date), o.currency
