-- Customers with some order that was not delivered are listed, though another one was; expected were those without any delivered order.
-- breaks: never
with live as (select customer_id, lower(trim(email)) as email from customers where not is_deleted),
served as (
    select l.email
    from live l join orders o using (customer_id) join order_status s using (order_id)
    where s.status = 'Delivered'
)
select email, min(customer_id) as customer_id
from live
where customer_id not in (select customer_id from orders where customer_id is not null)
   or customer_id in (select o.customer_id from orders o where not exists (select 1 from order_status s where s.order_id = o.order_id and s.status = 'Delivered'))
   and (email not in (select email from served) or customer_id in (select l.customer_id from live l join orders o using (customer_id) join order_status s using (order_id) where s.status = 'Delivered'))
group by email
