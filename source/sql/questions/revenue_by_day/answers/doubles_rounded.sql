select order_ts::date as order_day, currency,
       round(sum(coalesce(net, 0)), 2) as net_revenue, round(sum(coalesce(paid, 0)), 2) as paid
from orders o
left join lateral (
    select sum(i.qty * i.unit_price::double - coalesce(i.discount, 0)::double) as net from order_items i where i.order_id = o.order_id
) on true
left join lateral (
    select sum(case when p.status = 'captured' then p.amount::double when p.status = 'refunded' then -p.amount::double end) as paid
    from payments p where p.order_id = o.order_id
) on true
group by order_day, currency
