-- Payments at one time follow one another with the highest `payment_id` first; expected was the lowest.
-- breaks: one after the other
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end)
           over (partition by order_id order by captured_at, payment_id desc rows between unbounded preceding and current row) as balance
from payments
