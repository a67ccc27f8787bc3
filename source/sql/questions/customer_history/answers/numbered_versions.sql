with once as (select distinct * from customers_cdc),
last_of_moment as (select o.* from once o where not exists (select 1 from once n where n.customer_id = o.customer_id and n.changed_at = o.changed_at and n.lsn > o.lsn)),
flagged as (
    select *, case when lag(row(op = 'D', email, country)) over (partition by customer_id order by changed_at) is not distinct from row(op = 'D', email, country) then 0 else 1 end as new
    from last_of_moment
),
grouped as (select *, sum(new) over (partition by customer_id order by changed_at rows unbounded preceding) as version from flagged),
spans as (
    select customer_id, version, bool_or(op = 'D') as gone, any_value(email) as email, any_value(country) as country, min(changed_at) as valid_from
    from grouped group by customer_id, version
)
select customer_id, email, country, valid_from,
       (select n.valid_from from spans n where n.customer_id = s.customer_id and n.version = s.version + 1) as valid_to,
       not exists (select 1 from spans n where n.customer_id = s.customer_id and n.version > s.version) as is_current
from spans s where not gone
