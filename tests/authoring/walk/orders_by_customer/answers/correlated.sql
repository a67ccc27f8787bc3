SELECT DISTINCT customer_id, (SELECT count(DISTINCT order_id) FROM order_status o WHERE o.customer_id = s.customer_id) AS orders FROM order_status s
