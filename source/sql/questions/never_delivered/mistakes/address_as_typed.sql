-- One address in two forms is two rows, or is judged by one of its customers alone; addresses that differ only in letter case or spaces are one.
-- breaks: one mail
with live as (select customer_id, email as email from customers where not is_deleted),
served as (
    select l.email
    from live l join orders o using (customer_id) join order_status s using (order_id)
    where s.status = 'Delivered'
)
select lower(trim(email)) as email, min(customer_id) as customer_id
from live
where not exists (select 1 from served where served.email = live.email)
group by live.email
