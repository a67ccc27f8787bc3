-- All columns are read to find rows that stand there twice, and there are none. Only the named columns are read.
-- breaks: budget
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM (SELECT DISTINCT * FROM shipments WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00')
GROUP BY warehouse
