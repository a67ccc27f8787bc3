-- Failed and pending payments have no row; they were expected, with the balance as it was.
-- breaks: what counts
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end)
           over (partition by order_id order by captured_at, payment_id rows between unbounded preceding and current row) as balance
from payments where status in ('captured', 'refunded')
