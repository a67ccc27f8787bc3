-- Lines without a discount count as nothing: quantity × price − NULL is NULL. A missing discount is 0.
-- breaks: no discount
with lines as (
    select order_id, sum(qty * unit_price - discount) as net from order_items group by order_id
),
money as (
    select order_id, sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end) as paid from payments group by order_id
)
select order_ts::date as order_day, currency, coalesce(sum(net), 0) as net_revenue, coalesce(sum(paid), 0) as paid
from orders left join lines using (order_id) left join money using (order_id)
group by order_day, currency
