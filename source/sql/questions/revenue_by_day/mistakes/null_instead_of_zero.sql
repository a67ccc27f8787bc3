-- Days whose orders have no line or no payment show NULL; 0 was expected. A sum over nothing is NULL.
-- breaks: every day
with lines as (
    select order_id, sum(qty * unit_price - coalesce(discount, 0)) as net from order_items group by order_id
),
money as (
    select order_id, sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end) as paid from payments group by order_id
)
select order_ts::date as order_day, currency, sum(net) as net_revenue, sum(paid) as paid
from orders left join lines using (order_id) left join money using (order_id)
group by order_day, currency
