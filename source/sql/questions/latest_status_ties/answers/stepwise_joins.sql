WITH events AS (
    -- drop_duplicates, then split the text into numbers
    SELECT DISTINCT
        order_id,
        customer_id,
        status,
        source_seq,
        make_timestamp(
            CAST(p[1] AS BIGINT), CAST(p[2] AS BIGINT), CAST(p[3] AS BIGINT),
            CAST(p[4] AS BIGINT), CAST(p[5] AS BIGINT), 0.0
        ) AS ts
    FROM (
        SELECT *, string_split_regex(status_time, '[-: ]') AS p
        FROM status_events
    )
),
last_time AS (
    SELECT order_id, max(ts) AS ts
    FROM events
    GROUP BY order_id
),
at_last_time AS (
    SELECT e.*
    FROM events AS e
    JOIN last_time AS l
        ON e.order_id = l.order_id
       AND e.ts IS NOT DISTINCT FROM l.ts
),
last_seq AS (
    SELECT order_id, max(source_seq) AS source_seq
    FROM at_last_time
    GROUP BY order_id
)
SELECT a.order_id, a.customer_id, a.status AS latest_status, a.ts AS status_time
FROM at_last_time AS a
JOIN last_seq AS s
    ON a.order_id = s.order_id
   AND a.source_seq = s.source_seq
