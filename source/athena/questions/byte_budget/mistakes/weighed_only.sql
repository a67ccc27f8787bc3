-- Parcels that nobody weighed are not counted: `count` of a column passes over NULL.
-- breaks: unweighed parcels
SELECT warehouse, count(weight_kg) AS parcels, sum(weight_kg) AS kilograms
FROM shipments
WHERE day BETWEEN '2026-11-02' AND '2026-11-06' AND shipped_at >= TIMESTAMP '2026-11-02 00:00:00' AND shipped_at < TIMESTAMP '2026-11-05 00:00:00'
GROUP BY warehouse
