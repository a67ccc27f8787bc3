-- A version ends where an update changed nothing; it was expected to last until `email` or `country` change.
-- breaks: no change
with changes as (
    select * from customers_cdc qualify row_number() over (partition by customer_id, changed_at order by lsn desc) = 1
),
beside as (
    select *, lag(op) over w as old_op, lag(email) over w as old_email, lag(country) over w as old_country, lead(changed_at) over w as valid_to
    from changes window w as (partition by customer_id order by lsn)
)
select customer_id, email, country, changed_at as valid_from, valid_to, valid_to is null as is_current from beside
where op <> 'D' and (old_op is null or old_op = 'D' or email is distinct from old_email or country is distinct from old_country)
