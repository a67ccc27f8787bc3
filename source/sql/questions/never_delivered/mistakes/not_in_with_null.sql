-- Nobody is listed as soon as a guest gets a parcel: `NOT IN` a list that holds NULL is never true. Orders without a customer are nobody's.
-- breaks: guests
select email, min(customer_id) as customer_id
from (select *, lower(trim(email)) as email from (select customer_id, email as e, is_deleted, email from customers)) as c(customer_id, e, is_deleted, raw, email)
where not is_deleted and email not in (
    select lower(trim(c2.email)) from orders o join order_status s using (order_id) left join customers c2 on c2.customer_id = o.customer_id and not c2.is_deleted
    where s.status = 'Delivered' and (c2.customer_id is not null or o.customer_id is null)
)
group by email
