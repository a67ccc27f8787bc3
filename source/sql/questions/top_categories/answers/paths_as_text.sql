with recursive t as (
    select category_id, category_id as root_id, '/' || category_id || '/' as path from categories
    where coalesce(parent_id, -1) not in (select category_id from categories)
    union all
    select c.category_id, t.root_id, t.path || c.category_id || '/' from categories c join t on t.category_id = c.parent_id
),
sold as (select p.category_id, i.qty * i.unit_price as amount from products p join order_items i on i.sku = p.sku),
s as (
    select a.root_id, a.category_id, coalesce(sum(sold.amount), 0) as revenue
    from t a join t b on starts_with(b.path, a.path) left join sold on sold.category_id = b.category_id
    group by 1, 2
)
select *, rank() over (partition by root_id order by revenue desc) as place from s where root_id <> category_id
qualify rank() over (partition by root_id order by revenue desc) < 4
