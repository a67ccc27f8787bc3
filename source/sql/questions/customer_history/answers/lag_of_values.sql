with changes as (
    select op, lsn, changed_at, customer_id, email, country
    from customers_cdc
    qualify row_number() over (partition by customer_id, changed_at order by lsn desc) = 1
),
compared as (
    select
        *,
        lag(op) over w as prev_op,
        lag(email) over w as prev_email,
        lag(country) over w as prev_country
    from changes
    window w as (partition by customer_id order by lsn)
),
events as (
    select op, lsn, changed_at, customer_id, email, country
    from compared
    where op = 'D'
       or prev_op is null
       or prev_op = 'D'
       or email is distinct from prev_email
       or country is distinct from prev_country
),
bounded as (
    select *, lead(changed_at) over (partition by customer_id order by lsn) as valid_to
    from events
)
select
    customer_id,
    email,
    country,
    changed_at as valid_from,
    valid_to,
    valid_to is null as is_current
from bounded
where op <> 'D'
