with days as (select distinct order_ts::date as order_day, currency from orders),
sold as (
    select o.order_ts::date as order_day, o.currency,
           sum(i.qty * i.unit_price) - coalesce(sum(i.discount), 0) as net_revenue
    from order_items i join orders o on i.order_id = o.order_id
    group by 1, 2
),
received as (
    select o.order_ts::date as order_day, o.currency,
           sum(if(p.status = 'refunded', -1, 1) * p.amount) as paid
    from payments p join orders o on p.order_id = o.order_id
    where p.status in ('captured', 'refunded')
    group by 1, 2
)
select d.order_day, d.currency, coalesce(s.net_revenue, 0.00) as net_revenue, coalesce(r.paid, 0.00) as paid
from days d
left join sold s on s.order_day = d.order_day and s.currency = d.currency
left join received r on r.order_day = d.order_day and r.currency = d.currency
