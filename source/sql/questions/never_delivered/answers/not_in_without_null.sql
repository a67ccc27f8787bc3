with live as (select *, lower(regexp_replace(email, '^\s+|\s+$', '', 'g')) as address from customers where is_deleted = false)
select address as email, min(customer_id) as customer_id
from live
where address not in (
    select address from live
    where customer_id in (select customer_id from orders where order_id in (select order_id from order_status where status = 'Delivered'))
)
group by address
