select lower(trim(email)) as email, min(c.customer_id) as customer_id
from customers c
left join orders o on o.customer_id = c.customer_id
left join order_status s on s.order_id = o.order_id
where not c.is_deleted
group by lower(trim(email))
having not coalesce(bool_or(s.status = 'Delivered'), false)
