with amounts as (
    select order_id, 0 as net, 0 as paid from orders
    union all
    select order_id, qty * unit_price - coalesce(discount, 0), 0 from order_items
    union all
    select order_id, 0, amount from payments where status = 'captured'
    union all
    select order_id, 0, 0 - amount from payments where status = 'refunded'
)
select cast(o.order_ts as date) as order_day, o.currency, sum(a.net) as net_revenue, sum(a.paid) as paid
from orders o join amounts a on a.order_id = o.order_id
group by 1, 2
