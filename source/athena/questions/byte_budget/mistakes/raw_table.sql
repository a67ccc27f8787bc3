-- The lines of JSON are read, whole lines whatever is asked of them. Columnar files are read by column.
-- breaks: budget
SELECT warehouse, count(*) AS parcels, sum(weight_kg) AS kilograms
FROM shipments_raw
WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
