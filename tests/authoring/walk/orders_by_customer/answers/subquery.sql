SELECT customer_id, count(*) AS orders FROM (SELECT DISTINCT customer_id, order_id FROM order_status) GROUP BY customer_id
