-- `count(label)` reads the labels, the widest column, to count rows that `count(*)` counts without reading any.
-- breaks: budget
SELECT warehouse, count(label) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
