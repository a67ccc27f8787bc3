-- Customers whose parcel was sent back are listed: only the latest status of an order is looked at. It was delivered once, which is enough.
-- breaks: ever
with live as (select customer_id, lower(trim(email)) as email from customers where not is_deleted),
served as (
    select l.email
    from live l join orders o using (customer_id) join (select order_id, arg_max(status, status_time) as status from order_status group by order_id) s using (order_id)
    where s.status = 'Delivered'
)
select email, min(customer_id) as customer_id
from live
where not exists (select 1 from served where served.email = live.email)
group by email
