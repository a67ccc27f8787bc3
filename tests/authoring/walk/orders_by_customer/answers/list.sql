SELECT customer_id, len(list(DISTINCT order_id)) AS orders FROM order_status GROUP BY ALL
