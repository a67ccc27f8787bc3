-- Payments follow one another by `payment_id`; expected was `captured_at`, and `payment_id` only between equal times.
-- breaks: one after the other
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end)
           over (partition by order_id order by payment_id rows between unbounded preceding and current row) as balance
from payments
