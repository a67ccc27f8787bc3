select lower(trim(c.email)) as email, min(c.customer_id) as customer_id
from customers c
anti join (
    select lower(trim(c2.email)) as address
    from customers c2, orders o, order_status s
    where c2.customer_id = o.customer_id and o.order_id = s.order_id and s.status = 'Delivered' and c2.is_deleted = false
) served on served.address = lower(trim(c.email))
where c.is_deleted is not true
group by 1
