with parcels as (
    select distinct o.customer_id
    from orders o join order_status s on s.order_id = o.order_id and s.status = 'Delivered'
    where o.customer_id is not null
),
c as (select trim(lower(email)) as email, customer_id from customers where not is_deleted)
select email, min(c.customer_id) as customer_id
from c left join parcels p on p.customer_id = c.customer_id
group by email
having count(p.customer_id) = 0
