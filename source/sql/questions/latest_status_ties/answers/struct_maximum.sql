WITH parsed AS (
    SELECT *, strptime(status_time, '%Y-%m-%d %H:%M') AS ts
    FROM status_events
),
best AS (
    SELECT
        order_id,
        max({
            'known': ts IS NOT NULL,
            'ts': coalesce(ts, TIMESTAMP '1970-01-01 00:00:00'),
            'seq': source_seq,
            'customer': customer_id,
            'status': status
        }) AS m
    FROM parsed
    GROUP BY order_id
)
SELECT
    order_id,
    m['customer'] AS customer_id,
    m['status'] AS latest_status,
    CASE WHEN m['known'] THEN m['ts'] END AS status_time
FROM best
