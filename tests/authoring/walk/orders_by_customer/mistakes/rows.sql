-- Rows are counted; an order has several.
SELECT customer_id, count(*) AS orders FROM order_status GROUP BY 1
