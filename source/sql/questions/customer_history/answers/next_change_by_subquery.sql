with c as (
    select distinct * from customers_cdc r
    where lsn = (select max(lsn) from customers_cdc x where x.customer_id = r.customer_id and x.changed_at = r.changed_at)
),
p as (
    select c.*, b.op as bop, b.email as bemail, b.country as bcountry
    from c asof left join c b on b.customer_id = c.customer_id and c.lsn > b.lsn
),
s as (
    select * from p where op = 'D' or bop is null or bop = 'D' or not (email is not distinct from bemail and country is not distinct from bcountry)
)
select a.customer_id, a.email, a.country, a.changed_at as valid_from, min(n.changed_at) as valid_to, count(n.lsn) = 0 as is_current
from s a left join s n on n.customer_id = a.customer_id and n.lsn > a.lsn
where a.op <> 'D'
group by a.customer_id, a.email, a.country, a.changed_at
