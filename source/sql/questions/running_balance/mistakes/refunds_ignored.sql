-- Refunds leave the balance as it was; they were expected to take their amount off.
-- breaks: what counts
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then 0 else 0 end)
           over (partition by order_id order by captured_at, payment_id rows between unbounded preceding and current row) as balance
from payments
