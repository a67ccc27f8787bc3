select payment_id, order_id,
       coalesce(sum(amount) filter (where status = 'captured') over w, 0) - coalesce(sum(amount) filter (where status = 'refunded') over w, 0) as balance
from payments
window w as (partition by order_id order by row(captured_at, payment_id))
