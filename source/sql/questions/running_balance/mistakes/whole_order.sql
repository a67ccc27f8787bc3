-- Every payment shows what its order came to in the end; the balance so far was expected. A window without ORDER BY takes all rows.
select payment_id, order_id,
       sum(case status when 'captured' then amount when 'refunded' then -amount else 0 end)
           over (partition by order_id) as balance
from payments
