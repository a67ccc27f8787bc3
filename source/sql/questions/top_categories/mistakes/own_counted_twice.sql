-- What a category's own products sold is counted twice, as its own and as of what lies below; each line was expected once.
with recursive roots as (
    select category_id from categories where parent_id is null or parent_id not in (select category_id from categories)
),
tree as (
    select category_id as root_id, category_id, [category_id] as path from roots
    union all
    select t.root_id, c.category_id, list_append(t.path, c.category_id) from tree t join categories c on c.parent_id = t.category_id
),
own as (
    select category_id, sum(qty * unit_price) as amount from order_items join products using (sku) group by category_id
),
totals as (
    select root_id, above as category_id, coalesce(sum(amount), 0) as revenue
    from (select root_id, category_id, unnest(list_append(path, category_id)) as above from tree) left join own using (category_id)
    where above <> root_id
    group by root_id, above
)
select root_id, category_id, revenue, rank() over (partition by root_id order by revenue desc) as place
from totals
qualify place <= 3
