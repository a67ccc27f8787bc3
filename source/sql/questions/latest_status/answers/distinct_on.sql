SELECT DISTINCT ON (order_id) status_time, status AS LATEST_STATUS, customer_id, order_id
FROM order_status
ORDER BY order_id, status_time DESC
