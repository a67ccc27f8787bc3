-- Orders with several lines and several payments are counted too often: the join pairs each line with each payment. Look at what one row means after it.
-- breaks: once
select o.order_ts::date as order_day, o.currency,
       coalesce(sum(i.qty * i.unit_price - coalesce(i.discount, 0)), 0) as net_revenue,
       coalesce(sum(case p.status when 'captured' then p.amount when 'refunded' then -p.amount else 0 end), 0) as paid
from orders o left join order_items i using (order_id) left join (select * from payments where status in ('captured', 'refunded')) p using (order_id)
group by 1, 2
