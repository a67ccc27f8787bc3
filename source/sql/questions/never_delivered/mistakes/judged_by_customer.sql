-- An address is listed though one of the customers who share it got a parcel; then nobody of them was expected.
-- breaks: one mail
with live as (select customer_id, lower(trim(email)) as email from customers where not is_deleted),
served as (
    select l.customer_id
    from live l join orders o using (customer_id) join order_status s using (order_id)
    where s.status = 'Delivered'
)
select email, min(customer_id) as customer_id
from live
where not exists (select 1 from served where served.customer_id = live.customer_id)
group by email
