-- One number for all customers; a row for each was expected.
SELECT min(customer_id) AS customer_id, count(DISTINCT order_id) AS orders FROM order_status
