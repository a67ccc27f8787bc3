WITH reported AS (
    SELECT * FROM shipments
    WHERE day IN ('2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05', '2026-11-06')
)
SELECT warehouse, count(1) AS parcels, sum(weight_kg) AS kilograms
FROM reported
WHERE CAST(shipped_at AS date) IN (DATE '2026-11-02', DATE '2026-11-03', DATE '2026-11-04')
GROUP BY 1
