with recursive tree as (
    select c.category_id as root_id, c.category_id as category_id, [c.category_id] as path
    from categories c
    where not exists (select 1 from categories p where p.category_id = c.parent_id)
    union all
    select t.root_id, c.category_id, list_append(t.path, c.category_id)
    from tree t
    join categories c on c.parent_id = t.category_id
),
own as (
    select p.category_id, sum(i.qty * i.unit_price) as revenue
    from order_items i
    join products p on p.sku = i.sku
    group by p.category_id
),
pairs as (
    select root_id, category_id as below_id, unnest(path) as ancestor_id
    from tree
),
totals as (
    select p.root_id, p.ancestor_id as category_id, coalesce(sum(o.revenue), 0) as revenue
    from pairs p
    left join own o on o.category_id = p.below_id
    where p.ancestor_id <> p.root_id
    group by p.root_id, p.ancestor_id
),
ranked as (
    select root_id, category_id, revenue, rank() over (partition by root_id order by revenue desc) as place
    from totals
)
select root_id, category_id, revenue, place
from ranked
where place <= 3
