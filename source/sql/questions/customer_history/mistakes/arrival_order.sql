-- Changes follow one another as the rows lie in the table; expected was their order by `lsn`.
with changes as (
    select *, row_number() over () as arrival from customers_cdc qualify row_number() over (partition by customer_id, changed_at order by lsn desc) = 1
),
beside as (
    select *, lag(op) over w as old_op, lag(email) over w as old_email, lag(country) over w as old_country
    from changes window w as (partition by customer_id order by lsn)
),
steps as (
    select * from beside
    where op = 'D' or old_op is null or old_op = 'D' or email is distinct from old_email or country is distinct from old_country
),
versions as (
    select *, lead(changed_at) over (partition by customer_id order by arrival) as valid_to from steps
)
select customer_id, email, country, changed_at as valid_from, valid_to, valid_to is null as is_current
from versions where op <> 'D'
