-- Customers without an order are missing: a condition in WHERE on the right side of a LEFT JOIN drops them. They have not got a parcel either.
-- breaks: no orders
with live as (select customer_id, lower(trim(email)) as email from customers where not is_deleted),
served as (
    select l.email
    from live l join orders o using (customer_id) join order_status s using (order_id)
    where s.status = 'Delivered'
)
select email, min(customer_id) as customer_id
from live left join orders o using (customer_id)
where o.order_id is not null and not exists (select 1 from served where served.email = live.email)
group by email
