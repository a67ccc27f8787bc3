-- A customer who comes back as before has no version: the row is compared with the one before the delete. What follows a `D` was expected to begin one.
-- breaks: inserted again
with changes as (
    select * from customers_cdc qualify row_number() over (partition by customer_id, changed_at order by lsn desc) = 1
),
beside as (
    select *, lag(op) over w as old_op, lag(case when op <> 'D' then struct_pack(email, country) end ignore nulls) over w as old
    from changes window w as (partition by customer_id order by lsn)
),
steps as (
    select * from beside
    where op = 'D' or old is null or email is distinct from old.email or country is distinct from old.country
),
versions as (
    select *, lead(changed_at) over (partition by customer_id order by lsn) as valid_to from steps
)
select customer_id, email, country, changed_at as valid_from, valid_to, valid_to is null as is_current
from versions where op <> 'D'
