-- A row for each order; a row for each customer was expected.
SELECT customer_id, 1 AS orders FROM order_status GROUP BY customer_id, order_id
