select date_trunc('day', o.order_ts)::date as order_day, o.currency,
       sum(coalesce((select sum(i.qty * i.unit_price - ifnull(i.discount, 0)) from order_items i where i.order_id = o.order_id), 0)) as net_revenue,
       sum(coalesce((select sum(p.amount) filter (p.status = 'captured') from payments p where p.order_id = o.order_id), 0)
         - coalesce((select sum(p.amount) filter (p.status = 'refunded') from payments p where p.order_id = o.order_id), 0)) as paid
from orders o
group by all
