-- Orders without a line or without a payment are gone, with all they came to; each day and currency with an order was expected, and 0 for what is not there.
-- breaks: every day
with lines as (
    select order_id, sum(qty * unit_price - coalesce(discount, 0)) as net from order_items group by order_id
),
money as (
    select order_id, sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end) as paid from payments group by order_id
)
select order_ts::date as order_day, currency, coalesce(sum(net), 0) as net_revenue, coalesce(sum(paid), 0) as paid
from orders join lines using (order_id) join money using (order_id)
group by order_day, currency
