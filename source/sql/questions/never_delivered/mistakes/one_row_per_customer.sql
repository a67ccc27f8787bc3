-- An address that several customers share has several rows; one with the lowest `customer_id` was expected.
-- breaks: one mail
with live as (select customer_id, lower(trim(email)) as email from customers where not is_deleted),
served as (
    select l.email
    from live l join orders o using (customer_id) join order_status s using (order_id)
    where s.status = 'Delivered'
)
select email, min(customer_id) as customer_id
from live
where not exists (select 1 from served where served.email = live.email)
group by email, live.customer_id
