-- Each payment is paired with all earlier ones of its order, by a join or a subquery: right, but the work grows with the square of an order's payments. A window reads each row once.
-- breaks: work
select p.payment_id, p.order_id, sum(case e.status when 'captured' then e.amount when 'refunded' then -e.amount else 0 end) as balance
from payments p join payments e on e.order_id = p.order_id and (e.captured_at < p.captured_at or (e.captured_at = p.captured_at and e.payment_id <= p.payment_id))
group by p.payment_id, p.order_id
