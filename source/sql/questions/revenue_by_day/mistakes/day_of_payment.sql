-- Payments stand on the day on which they were captured; expected was the day on which their order was placed.
-- breaks: order day
with amounts as (
    select order_id, order_ts::date as day, 0 as net, 0 as paid from orders
    union all select order_id, order_ts::date, qty * unit_price - coalesce(discount, 0), 0 from order_items join orders using (order_id)
    union all select order_id, captured_at::date, 0, case status when 'captured' then amount when 'refunded' then -amount else 0 end from payments
)
select day as order_day, currency, sum(net) as net_revenue, sum(amounts.paid) as paid from amounts join orders using (order_id) group by 1, 2
