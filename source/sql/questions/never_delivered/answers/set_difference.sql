with live as (select lower(trim(email)) as email, customer_id from customers where not is_deleted),
listed as (
    select email from live
    except
    select email from live natural join (select customer_id, order_id from orders) natural join (select order_id from order_status where status = 'Delivered')
)
select distinct on (email) email, customer_id from live semi join listed using (email) order by email, customer_id
