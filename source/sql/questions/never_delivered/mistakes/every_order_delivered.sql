-- Customers are left out only when all their orders were delivered; one delivered order is enough.
-- breaks: never
with live as (select customer_id, lower(trim(email)) as email from customers where not is_deleted),
o as (select customer_id, order_id, exists (select 1 from order_status s where s.order_id = orders.order_id and s.status = 'Delivered') as delivered from orders),
served as (select email from live join o using (customer_id) group by email, customer_id having bool_and(delivered))
select email, min(customer_id) as customer_id from live where email not in (select email from served) group by email
