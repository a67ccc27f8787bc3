with m as (
    select customer_id, changed_at, max(lsn) as lsn, arg_max(op, lsn) as op,
           arg_max(struct_pack(email, country), lsn) as v
    from customers_cdc group by customer_id, changed_at
),
c as (
    select *, coalesce(lag(op) over w, 'D') as before, lag(v) over w as old from m window w as (partition by customer_id order by lsn)
),
k as (select * from c where (op = 'D' and before <> 'D') or (op <> 'D' and (before = 'D' or v.email is distinct from old.email or v.country is distinct from old.country)))
select customer_id, v.email as email, v.country as country, changed_at as valid_from,
       lead(changed_at) over (partition by customer_id order by lsn) as valid_to,
       lead(changed_at) over (partition by customer_id order by lsn) is null as is_current
from k qualify op in ('I', 'U')
