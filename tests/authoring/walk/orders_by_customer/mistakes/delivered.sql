-- Only delivered orders are counted.
SELECT customer_id, count(DISTINCT order_id) AS orders FROM order_status WHERE status = 'Delivered' GROUP BY 1
