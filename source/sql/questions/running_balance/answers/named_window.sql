with signed as (
    select *, amount * (case when status = 'captured' then 1 when status = 'refunded' then -1 else 0 end) as change from payments
)
select payment_id, order_id, sum(change) over w as balance
from signed
window w as (partition by order_id order by captured_at asc, payment_id asc rows unbounded preceding)
