with recursive known as (select category_id from categories),
tree as (
    select category_id as root_id, category_id from categories c where not exists (select 1 from known k where k.category_id = c.parent_id)
    union all
    select tree.root_id, c.category_id from categories c, tree where c.parent_id = tree.category_id
),
below as (
    select category_id as top, category_id from tree
    union all
    select below.top, c.category_id from categories c, below where c.parent_id = below.category_id
),
sums as (
    select t.root_id, t.category_id,
           ifnull((select sum(i.qty * i.unit_price) from below b, products p, order_items i
                   where b.top = t.category_id and p.category_id = b.category_id and i.sku = p.sku), 0) as revenue
    from tree t where t.root_id != t.category_id
)
select s.root_id, s.category_id, s.revenue, 1 + (select count(*) from sums o where o.root_id = s.root_id and o.revenue > s.revenue) as place
from sums s
where (select count(*) from sums o where o.root_id = s.root_id and o.revenue > s.revenue) < 3
