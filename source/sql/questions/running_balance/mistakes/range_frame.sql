-- Payments at one time all show the balance after all of them; each was expected to show the one after itself. Without ROWS a frame ends with the last row of equal sort keys.
-- breaks: one after the other
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end)
           over (partition by order_id order by captured_at) as balance
from payments
