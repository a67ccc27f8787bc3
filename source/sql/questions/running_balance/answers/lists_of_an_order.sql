with lists as (
    select order_id, list(payment_id order by captured_at, payment_id) as ids,
           list(case status when 'captured' then amount when 'refunded' then -amount else 0 end order by captured_at, payment_id) as changes
    from payments group by order_id
)
select unnest(ids) as payment_id, order_id,
       unnest(list_transform(range(1, len(ids) + 1), lambda n: list_sum(changes[1:n]))) as balance
from lists
