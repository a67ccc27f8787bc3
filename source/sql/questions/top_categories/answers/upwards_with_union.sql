with recursive pairs(category_id, ancestor) as (
    select category_id, category_id from categories
    union
    select p.category_id, c.parent_id from pairs p join categories c on c.category_id = p.ancestor where c.parent_id is not null
),
roots as (
    select c.category_id from categories c left join categories p on p.category_id = c.parent_id where p.category_id is null
),
revenue as (
    select p.ancestor as category_id, sum(coalesce(i.qty * i.unit_price, 0)) as revenue
    from pairs p left join products pr on pr.category_id = p.category_id left join order_items i on i.sku = pr.sku
    group by p.ancestor
),
ranked as (
    select r.category_id as root_id, v.category_id, v.revenue, rank() over (partition by r.category_id order by v.revenue desc) as place
    from roots r join pairs p on p.ancestor = r.category_id join revenue v on v.category_id = p.category_id
    where v.category_id <> r.category_id
)
select * from ranked where place <= 3
