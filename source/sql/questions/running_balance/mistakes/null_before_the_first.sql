-- A failed payment before the first that counts shows NULL; 0 was expected. A sum of nothing but NULL is NULL.
-- breaks: what counts
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then -amount end)
           over (partition by order_id order by captured_at, payment_id rows between unbounded preceding and current row) as balance
from payments
