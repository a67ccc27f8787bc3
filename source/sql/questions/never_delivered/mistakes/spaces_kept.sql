-- Addresses with spaces around them are taken for other ones; they were expected without.
-- breaks: one mail
with live as (select customer_id, lower(email) as email from customers where not is_deleted),
served as (
    select l.email
    from live l join orders o using (customer_id) join order_status s using (order_id)
    where s.status = 'Delivered'
)
select email, min(customer_id) as customer_id
from live
where not exists (select 1 from served where served.email = live.email)
group by email
