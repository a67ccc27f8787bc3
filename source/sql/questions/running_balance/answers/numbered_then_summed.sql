with numbered as (
    select *, row_number() over (partition by order_id order by captured_at, payment_id) as n,
           if(status = 'captured', amount, if(status = 'refunded', -amount, 0)) as change
    from payments
)
select payment_id, order_id, round(sum(change::double) over (partition by order_id order by n), 2) as balance
from numbered
