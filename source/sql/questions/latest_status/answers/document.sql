SELECT order_id,
       customer_id,
       status AS latest_status,
       status_time
FROM (
    SELECT *,
           ROW_NUMBER() OVER (PARTITION BY order_id ORDER BY status_time DESC) AS rn
    FROM order_status
) t
WHERE rn = 1;
