-- Orders of one day that came to the same amount are counted once; each of them was expected to count. DISTINCT does not undo a join.
-- breaks: alike
with lines as (
    select order_id, sum(qty * unit_price - coalesce(discount, 0)) as net from order_items group by order_id
),
money as (
    select order_id, sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end) as paid from payments group by order_id
)
select order_ts::date as order_day, currency, coalesce(sum(distinct net), 0) as net_revenue, coalesce(sum(distinct paid), 0) as paid
from orders left join lines using (order_id) left join money using (order_id)
group by order_day, currency
