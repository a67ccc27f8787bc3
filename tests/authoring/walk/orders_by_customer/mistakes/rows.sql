-- Rows are counted; an order has several.
-- breaks: each order once
SELECT customer_id, count(*) AS orders FROM order_status GROUP BY 1
